#include "core/auth/dkim/record.h"

#include <algorithm>

#include "core/auth/base64.h"
#include "core/auth/tag_list.h"
#include "core/base/text.h"

namespace mailreeve::dkim {

namespace {

using auth::TagList;

// Honest records have 100 to 800 octets.
constexpr std::size_t kMaxRecord = 8192;

Error invalid(const char* what) {
  return Error{ErrorCode::Invalid, what};
}

// Whether the list `tag`, when there is one, names one of `wanted`.
bool allows(const TagList& tags,
            std::string_view tag,
            std::initializer_list<std::string_view> wanted) {
  const auto value = tags.find(tag);
  if (!value) return true;
  const auto parts = auth::colonList(*value);
  return std::find_first_of(
             parts.begin(), parts.end(), wanted.begin(), wanted.end()) !=
         parts.end();
}

Result<PublicKey> readKey(std::string_view type, std::string_view bytes) {
  if (equalsIgnoringCase(type, "rsa")) return PublicKey::rsaFromDer(bytes);
  if (equalsIgnoringCase(type, "ed25519"))
    return PublicKey::ed25519FromRaw(bytes);
  return invalid("the key is of an unknown type");
}

}  // namespace

Result<Record> parseRecord(std::string_view text) {
  if (text.size() > kMaxRecord) return invalid("the key record is too long");
  const auto tags = TagList::parse(text);
  if (!tags) return invalid("the key record cannot be read");
  if (tags->find("v").value_or("DKIM1") != "DKIM1")
    return invalid("the key record is not of version DKIM1");
  if (!allows(*tags, "h", {"sha256"}))
    return invalid("the key is not for sha256");
  if (!allows(*tags, "s", {"*", "email"}))
    return invalid("the key is not for mail");
  const auto key = tags->find("p");
  if (!key) return invalid("the key record has no key");
  if (key->empty()) return invalid("the key is revoked");
  const auto bytes = auth::decodeBase64(*key);
  if (!bytes) return invalid("the key is not base64");

  auto parsed = readKey(tags->find("k").value_or("rsa"), *bytes);
  if (!parsed) return std::move(parsed).error();
  Record record{*std::move(parsed)};
  for (const auto& flag : auth::colonList(tags->value("t"))) {
    record.testing = record.testing || flag == "y";
    record.exactDomainOnly = record.exactDomainOnly || flag == "s";
  }
  return record;
}

std::string recordName(std::string_view selector, std::string_view domain) {
  return lower(selector) + "._domainkey." + lower(domain);
}

Result<std::string> recordText(const PrivateKey& key) {
  auto bytes = key.publicBytes();
  if (!bytes) return bytes;
  const std::string type =
      key.algorithm() == Algorithm::RsaSha256 ? "rsa" : "ed25519";
  return "v=DKIM1; h=sha256; k=" + type + "; p=" + auth::encodeBase64(*bytes);
}

std::string zoneLine(std::string_view name, std::string_view text) {
  constexpr std::size_t kMaxString = 255;
  std::string line = std::string(name) + ". IN TXT";
  do {
    line += " \"" + std::string(text.substr(0, kMaxString)) + "\"";
    text.remove_prefix(std::min(kMaxString, text.size()));
  } while (!text.empty());
  return line;
}

}  // namespace mailreeve::dkim
