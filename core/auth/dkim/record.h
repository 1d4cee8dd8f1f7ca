// A DKIM key record (RFC 6376 section 3.6.1): the TXT record below _domainkey.
#pragma once

#include <string>
#include <string_view>

#include "core/auth/dkim/openssl.h"
#include "core/base/result.h"

namespace mailreeve::dkim {

struct Record {
  PublicKey key;
  bool testing = false;          // t=y: the owner is only trying.
  bool exactDomainOnly = false;  // t=s: i= may name no domain below d=.
};

// An Error for a record that no signature can be verified with: revoked, of
// another service, or wrong.
[[nodiscard]] Result<Record> parseRecord(std::string_view text);

// "SELECTOR._domainkey.DOMAIN".
[[nodiscard]] std::string recordName(std::string_view selector,
                                     std::string_view domain);

// The record that publishes the public half of `key`.
[[nodiscard]] Result<std::string> recordText(const PrivateKey& key);

// One line of a zone file, with the text in strings of at most 255 octets.
[[nodiscard]] std::string zoneLine(std::string_view name,
                                   std::string_view text);

}  // namespace mailreeve::dkim
