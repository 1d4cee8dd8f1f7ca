#include "core/auth/dkim/signature.h"

#include <algorithm>

#include "core/auth/base64.h"
#include "core/auth/tag_list.h"
#include "core/base/text.h"
#include "core/dns/name.h"

namespace mailreeve::dkim {

namespace {

using auth::TagList;

// Real signatures have some 500 octets, and a few thousand at the worst.
constexpr std::size_t kMaxField = 16U << 10U;
constexpr std::size_t kMaxSignedFields = 256;
constexpr unsigned kMaxInstance = 50;

Error invalid(const std::string& what) {
  return Error{ErrorCode::Invalid, what};
}

Result<Done> readVersion(const TagList& tags, SignatureKind kind) {
  if (kind == SignatureKind::Dkim)
    return tags.value("v") == "1" ? Result<Done>(Done{})
                                  : invalid("v= is not 1");
  return tags.find("v") ? Result<Done>(invalid("v= has no place in ARC"))
                        : Done{};
}

Result<Done> readAlgorithm(const TagList& tags, Signature& signature) {
  const std::string name = lower(tags.value("a"));
  if (name == "rsa-sha1") return invalid("rsa-sha1 proves nothing (RFC 8301)");
  for (const auto known : {Algorithm::RsaSha256, Algorithm::Ed25519Sha256})
    if (name == describe(known)) {
      signature.algorithm = known;
      return Done{};
    }
  return invalid("a= names no known algorithm");
}

Result<Done> readNames(const TagList& tags, Signature& signature) {
  for (const auto tag : {"d", "s"}) {
    const auto value = tags.value(tag);
    if (!auth::isPlainDomain(value))
      return invalid(std::string(tag) + "= is not a domain name");
    (tag[0] == 'd' ? signature.domain : signature.selector) =
        dns::nameKey(value);
  }
  signature.identityDomain = signature.domain;
  return Done{};
}

// RFC 6376 section 3.5: the domain of i= is that of d=, or below it.
Result<Done> readIdentity(const TagList& tags, Signature& signature) {
  const auto identity = tags.find("i");
  if (signature.kind != SignatureKind::Dkim) {
    const auto instance = parseInstance(identity.value_or(""));
    if (!instance) return invalid("i= is not a number from 1 to 50");
    signature.instance = *instance;
    return Done{};
  }
  if (!identity) return Done{};
  const auto at = identity->rfind('@');
  if (at == std::string_view::npos) return invalid("i= has no @");
  const auto domain = identity->substr(at + 1);
  if (!auth::isPlainDomain(domain) ||
      !dns::isSameOrBelow(domain, signature.domain))
    return invalid("i= is not in the domain of d=");
  signature.identityDomain = dns::nameKey(domain);
  return Done{};
}

Result<Done> readNumbers(const TagList& tags, Signature& signature) {
  const std::pair<const char*, std::optional<std::uint64_t>*> numbers[] = {
      {"t", &signature.signedAt},
      {"x", &signature.expires},
      {"l", &signature.bodyLength},
  };
  constexpr std::size_t kMaxDigits = 15;
  for (const auto& [tag, target] : numbers) {
    const auto value = tags.find(tag);
    if (!value) continue;
    if (value->size() <= kMaxDigits) *target = parseNumber(*value);
    if (!*target) return invalid(std::string(tag) + "= is not a number");
  }
  return Done{};
}

bool readCanonical(std::string_view name, Canonical& canonical) {
  for (const auto known : {Canonical::Simple, Canonical::Relaxed})
    if (equalsIgnoringCase(name, describe(known))) {
      canonical = known;
      return true;
    }
  return false;
}

// Without c= both are simple; in ARC, as every implementation reads it,
// relaxed.
Result<Done> readCanonicals(const TagList& tags, Signature& signature) {
  const auto value = tags.find("c");
  if (!value) {
    if (signature.kind != SignatureKind::Dkim)
      signature.header = signature.body = Canonical::Relaxed;
    return Done{};
  }
  const auto slash = std::min(value->find('/'), value->size());
  const auto body =
      slash == value->size() ? "simple" : value->substr(slash + 1);
  if (!readCanonical(value->substr(0, slash), signature.header) ||
      !readCanonical(body, signature.body))
    return invalid("c= names no known canonicalisation");
  return Done{};
}

Result<Done> readSignedFields(const TagList& tags, Signature& signature) {
  const auto value = tags.find("h");
  if (!value) return invalid("h= is missing");
  if (static_cast<std::size_t>(std::count(value->begin(), value->end(), ':')) >=
      kMaxSignedFields)
    return invalid("h= names too many fields");
  signature.signedFields = auth::colonList(*value);
  const auto names = [&signature](std::string_view name) {
    return std::find(signature.signedFields.begin(),
                     signature.signedFields.end(),
                     name) != signature.signedFields.end();
  };
  if (signature.kind == SignatureKind::Dkim && !names("from"))
    return invalid("From is not signed");
  // RFC 8617 section 4.1.2.
  if (signature.kind == SignatureKind::ArcMessage && names("arc-seal"))
    return invalid("h= names ARC-Seal");
  return Done{};
}

Result<Done> readHashes(const TagList& tags, Signature& signature) {
  const auto text = tags.value("b");
  auto bytes = auth::decodeBase64(text);
  if (!bytes || bytes->empty()) return invalid("b= is not base64");
  signature.head = auth::encodeBase64(*bytes).substr(0, 8);
  signature.bytes = *std::move(bytes);
  if (signature.kind == SignatureKind::ArcSeal) return Done{};
  auto hash = auth::decodeBase64(tags.value("bh"));
  if (!hash || hash->size() != Sha256::kSize)
    return invalid("bh= is not a SHA-256 hash");
  signature.bodyHash = *std::move(hash);
  return Done{};
}

// RFC 8617 section 4.1.3.
Result<Done> readChain(const TagList& tags, Signature& signature) {
  if (signature.kind != SignatureKind::ArcSeal) return Done{};
  if (tags.find("h")) return invalid("h= has no place in an ARC-Seal");
  signature.chain = lower(tags.value("cv"));
  if (signature.chain != "none" && signature.chain != "pass" &&
      signature.chain != "fail")
    return invalid("cv= is none of none, pass, fail");
  return Done{};
}

}  // namespace

std::optional<unsigned> parseInstance(std::string_view text) {
  const auto number = parseNumber(text);
  if (!number || *number == 0 || *number > kMaxInstance) return std::nullopt;
  return static_cast<unsigned>(*number);
}

Result<Done> readSignature(std::string_view value,
                           SignatureKind kind,
                           Signature& signature) {
  signature.kind = kind;
  if (value.size() > kMaxField) return invalid("the field is too long");
  const auto tags = TagList::parse(value);
  if (!tags) return invalid("the field is not a list of tags");

  // Names first: what follows is then logged with them.
  auto done = readNames(*tags, signature);
  if (done) done = readVersion(*tags, kind);
  if (done) done = readAlgorithm(*tags, signature);
  if (done) done = readIdentity(*tags, signature);
  if (done) done = readChain(*tags, signature);
  if (done) done = readNumbers(*tags, signature);
  if (done) done = readHashes(*tags, signature);
  if (kind == SignatureKind::ArcSeal || !done) return done;
  done = readCanonicals(*tags, signature);
  if (done) done = readSignedFields(*tags, signature);
  return done;
}

Result<Done> checkTimes(const Signature& signature,
                        TimePoint now,
                        std::chrono::seconds skew) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto at = [](std::uint64_t number) {
    return std::chrono::seconds(number);
  };
  const auto& [signedAt, expires] =
      std::pair(signature.signedAt, signature.expires);
  if (signedAt && expires && *expires <= *signedAt)
    return invalid("it expired before it was made");
  if (expires && at(*expires) + skew < seconds) return invalid("it expired");
  if (signedAt && at(*signedAt) > seconds + skew)
    return invalid("it was made in the future");
  return Done{};
}

}  // namespace mailreeve::dkim
