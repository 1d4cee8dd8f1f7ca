#include "core/auth/dkim/verification.h"

#include <algorithm>

#include "core/auth/tag_list.h"
#include "core/base/text.h"

namespace mailreeve::dkim {

namespace {

// RFC 6376 section 3.6.2.2 leaves several records undefined: each may be tried,
// but not without end.
constexpr std::size_t kMaxRecords = 4;

Judgement judged(Outcome outcome, std::string problem) {
  return {.outcome = outcome, .problem = std::move(problem)};
}

std::string keyName(const Signature& signature) {
  return recordName(signature.selector, signature.domain);
}

}  // namespace

std::string selectFields(const auth::MessageView& message,
                         const std::vector<std::string>& names,
                         Canonical canonical,
                         const char* except) {
  // For each name, what lies above the fields that were taken.
  std::map<std::string_view, std::size_t> above;
  std::string out;
  for (const auto& name : names) {
    auto& end = above.try_emplace(name, message.fields.size()).first->second;
    while (end > 0) {
      const auto& field = message.fields[--end];
      if (field.raw.data() == except || !equalsIgnoringCase(field.name, name))
        continue;
      appendHeader(out, field.raw, canonical);
      out += "\r\n";
      break;
    }
  }
  return out;
}

Verification::Verification(Keys& keys,
                           const Settings& settings,
                           TimePoint now,
                           dns::Deadline deadline,
                           const auth::MessageView& message)
    : keys_(keys),
      settings_(settings),
      now_(now),
      deadline_(deadline),
      message_(message) {}

void Verification::wantKey(const Signature& signature) {
  auto& query = queries_[keyName(signature)];
  if (query == nullptr)
    query = keys_.resolver.start(keyName(signature), dns::Type::Txt);
}

Judgement Verification::judgeMessage(const Signature& signature,
                                     std::string_view raw) {
  auto timely = checkTimes(signature, now_, settings_.skew);
  if (!timely)
    return judged(Outcome::PermError, std::move(timely).error().what);

  const auto& body = bodyOf(signature);
  if (signature.bodyLength && *signature.bodyLength > body.size)
    return judged(Outcome::PermError, "l= is longer than the body");
  if (body.hash != signature.bodyHash)
    return judged(Outcome::Fail, "the body was changed");

  std::string data = selectFields(
      message_, signature.signedFields, signature.header, raw.data());
  appendHeader(data, auth::withoutSignature(raw), signature.header);
  auto judgement = judgeData(signature, data);
  const bool partial =
      signature.bodyLength && *signature.bodyLength < body.size;
  if (judgement.outcome == Outcome::Pass && partial &&
      !settings_.acceptPartialBody) {
    judgement.outcome = Outcome::Policy;
    judgement.problem = "the body goes on beyond l=";
  }
  return judgement;
}

Judgement Verification::judgeData(const Signature& signature,
                                  std::string_view data) {
  const auto& answer = keyOf(signature);
  if (answer.status == dns::Status::Failed)
    return judged(Outcome::TempError,
                  "the key could not be fetched: " + answer.problem);
  if (answer.texts.empty())
    return judged(Outcome::PermError, "there is no key");

  const std::string digest = keys_.sha256.digest(data);
  Judgement last;
  for (std::size_t i = 0; i < std::min(answer.texts.size(), kMaxRecords); ++i) {
    const auto record = keys_.cache.get(answer.texts[i]);
    last = record->ok() ? judgeWith(**record, signature, digest)
                        : judged(Outcome::PermError, record->error().what);
    if (last.outcome == Outcome::Pass) return last;
  }
  return last;
}

Judgement Verification::judgeWith(const Record& record,
                                  const Signature& signature,
                                  std::string_view digest) const {
  Judgement judgement{.keyBits = record.key.bits(), .testing = record.testing};
  const auto say = [&judgement](Outcome outcome, std::string problem) {
    judgement.outcome = outcome;
    judgement.problem = std::move(problem);
    return judgement;
  };
  if (record.key.algorithm() != signature.algorithm)
    return say(Outcome::PermError, "the key is for another algorithm");
  if (record.exactDomainOnly && signature.identityDomain != signature.domain)
    return say(Outcome::PermError, "the key does not allow i= below d=");
  const bool rsa = signature.algorithm == Algorithm::RsaSha256;
  if (rsa && (judgement.keyBits < settings_.minRsaBits ||
              judgement.keyBits > settings_.maxRsaBits))
    return say(Outcome::Policy,
               "an RSA key of " + std::to_string(judgement.keyBits) + " bits");
  if (record.key.verify(keys_.sha256, digest, signature.bytes))
    return say(Outcome::Pass, {});
  // RFC 6376 section 3.6.1: who is only trying is not to be hurt by it.
  return say(record.testing ? Outcome::Neutral : Outcome::Fail,
             "the header was changed, or the key is another");
}

const BodyDigest& Verification::bodyOf(const Signature& signature) {
  const auto [entry, fresh] =
      bodies_.try_emplace({signature.body, signature.bodyLength});
  if (fresh)
    entry->second = hashBody(
        keys_.sha256, message_.body, signature.body, signature.bodyLength);
  return entry->second;
}

const dns::Answer& Verification::keyOf(const Signature& signature) {
  const std::string name = keyName(signature);
  const auto [entry, fresh] = answers_.try_emplace(name);
  if (fresh) {
    wantKey(signature);
    entry->second = queries_[name]->wait(deadline_);
  }
  return entry->second;
}

}  // namespace mailreeve::dkim
