#include "milter/edits/sign.h"

#include <algorithm>
#include <utility>

#include "core/auth/dkim/signature.h"
#include "core/auth/dkim/transport_form.h"
#include "core/auth/dmarc/author.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "core/config/settings.h"
#include "core/dns/name.h"
#include "core/mail/address.h"

namespace mailreeve::milter {

namespace {

using mail::HeaderChange;

dkim::SignOptions optionsOf(const config::DomainSigning& settings) {
  dkim::SignOptions options;
  options.fields.clear();
  options.oversigned.clear();
  for (const auto& name : settings.headers)
    options.fields.push_back(lower(name));
  for (const auto& name : settings.oversigned)
    options.oversigned.push_back(lower(name));
  return options;
}

// Signatures that say the same as those we are about to make: the message has
// been here before.
void removeOwn(const mail::Message& message,
               const KeyRing::Keys& keys,
               std::vector<HeaderChange>& changes) {
  std::vector<HeaderChange> own;
  std::size_t occurrence = 0;
  for (const auto* header : message.allHeaders("DKIM-Signature")) {
    ++occurrence;
    dkim::Signature signature;
    // What cannot be read tells as much as it can: enough to know ours by.
    (void)dkim::readSignature(
        header->value, dkim::SignatureKind::Dkim, signature);
    if (std::any_of(keys.usable.begin(),
                    keys.usable.end(),
                    [&](const dkim::SigningKey& key) {
                      return key.domain == signature.domain &&
                             key.selector == signature.selector;
                    }))
      own.push_back({header->name, occurrence, std::nullopt});
  }
  changes.insert(changes.end(), own.rbegin(), own.rend());
}

// RFC 5322 section 3.6: one is required, the other is what people search by. A
// server on the way that adds them breaks the signature.
void complete(const mail::Message& message,
              const Transaction& transaction,
              const std::string& hostname,
              std::vector<HeaderChange>& changes) {
  if (message.header("Date") == nullptr)
    changes.push_back(
        {"Date", HeaderChange::kAdd, " " + utcMailDate(transaction.at)});
  if (message.header("Message-ID") == nullptr)
    changes.push_back({"Message-ID",
                       HeaderChange::kAdd,
                       " <" + transaction.envelope.queueId + "." +
                           std::to_string(toSeconds(transaction.at)) + "@" +
                           hostname + ">"});
}

}  // namespace

Sign::Sign(const directory::Policy& policy,
           std::shared_ptr<const KeyRing> keys,
           const Clock& clock)
    : policy_(policy), keys_(std::move(keys)) {
  const auto& settings = policy.settings();
  if (auto key = mail::domainKey(settings.server.hostname)) hostname_ = *key;
  for (const auto& domain : settings.domains)
    signers_.try_emplace(&domain, clock, optionsOf(domain.dkim));
}

Result<Verdict> Sign::propose(const Transaction& transaction,
                              const Findings& /*findings*/,
                              Draft& draft) const {
  if (keys_->empty() ||
      (!transaction.outbound && !transaction.fromSigningNetwork))
    return Verdict::pass();
  const auto message = draft.message();
  if (!message) return message.error();
  const auto author = dmarc::authorDomain(auth::viewOf(**message));
  if (!author) return Verdict::pass("not signed: " + author.error().what);
  const auto choice = choose(transaction, *author);
  if (choice.keys == nullptr) return Verdict::pass("not signed: " + choice.why);
  if (choice.keys->usable.empty()) return withoutKey(*choice.keys);
  return sign(transaction, choice, draft);
}

// Our own name below one of our domains sends notices.
const config::Domain* Sign::homeOf(const std::string& author) const {
  if (const auto* domain = policy_.domainOf(author)) return domain;
  if (author != hostname_) return nullptr;
  for (auto name = dns::parentOf(author); !name.empty();
       name = dns::parentOf(name))
    if (const auto* domain = policy_.domainOf(name)) return domain;
  return nullptr;
}

// A login speaks for its own domain, and for that of a sender address which
// Postfix has found to belong to it; a network we were told to trust for all.
bool Sign::mayUse(const Transaction& transaction,
                  const config::Domain& domain) {
  const auto& envelope = transaction.envelope;
  if (envelope.login.empty()) return true;
  const auto& policy = transaction.policy;
  return policy.domainOfAddress(envelope.login) == &domain ||
         (policy.settings().authentication.senderMustMatchLogin &&
          policy.domainOfAddress(envelope.mailFrom) == &domain);
}

Sign::Choice Sign::choose(const Transaction& transaction,
                          const std::string& author) const {
  const auto* domain = homeOf(author);
  if (domain == nullptr) return {nullptr, nullptr, author + " is not ours"};
  if (!domain->dkim.enabled)
    return {nullptr, nullptr, "signing is off for " + domain->name};
  if (!transaction.outbound && !domain->dkim.signingNetworks)
    return {
        nullptr, nullptr, "signing networks do not speak for " + domain->name};
  if (!mayUse(transaction, *domain))
    return {nullptr,
            nullptr,
            transaction.envelope.login + " does not speak for " + author};
  // Its own key; else one of a domain above it, which receivers take for the
  // same (RFC 7489 section 3.1.1).
  for (std::string_view name = author; !name.empty();
       name = dns::parentOf(name))
    if (const auto* keys = keys_->find(name);
        keys != nullptr && policy_.domainOf(name) == domain)
      return {domain, keys, ""};
  return {nullptr, nullptr, "no key of " + author + " is in use"};
}

Verdict Sign::withoutKey(const KeyRing::Keys& keys) const {
  const std::string why = join(keys.broken, ", ");
  if (policy_.settings().dkim.whenKeyFails == config::KeyFailure::Unsigned)
    return Verdict::pass("not signed: " + why);
  return Verdict::defer("cannot be signed: " + why);
}

Result<Verdict> Sign::sign(const Transaction& transaction,
                           const Choice& choice,
                           Draft& draft) const {
  auto message = draft.message();
  if (!message) return message.error();
  auto form = dkim::transportForm(**message);
  if (!form) return std::move(form).error();
  auto& changes = form->edit.headers;
  removeOwn(**message, *choice.keys, changes);
  complete(**message, transaction, policy_.settings().server.hostname, changes);
  if (!form->edit.empty()) {
    draft.changeContent(std::move(form->edit));
    message = draft.message();
    if (!message) return message.error();
  }

  auto fields = signers_.at(choice.domain)
                    .sign(auth::viewOf(**message), choice.keys->usable);
  if (!fields) return std::move(fields).error();
  mail::MessageEdit signatures;
  // Each goes to the top: the last first.
  for (auto field = fields->rbegin(); field != fields->rend(); ++field)
    signatures.headers.push_back(
        {field->name, HeaderChange::kTop, field->value});
  draft.changeContent(std::move(signatures));

  std::vector<std::string> said;
  for (const auto& key : choice.keys->usable)
    said.push_back(key.domain + " " + key.selector);
  said.insert(
      said.end(), choice.keys->broken.begin(), choice.keys->broken.end());
  said.insert(said.end(), form->saw.begin(), form->saw.end());
  return Verdict::pass(join(said, ", "));
}

}  // namespace mailreeve::milter
