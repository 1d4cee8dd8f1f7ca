// Mail addresses: taking them apart, and the normal form in which two of them
// are compared. Everything that matches a rule, a list or a quota to an address
// compares keys; nothing compares addresses as written.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mailreeve::mail {

// An RFC 5321 mailbox. Both parts empty: the null sender.
struct Address {
  std::string local;   // Without quotes and escapes, case kept.
  std::string domain;  // As written, without a trailing dot.

  [[nodiscard]] bool isNull() const { return local.empty() && domain.empty(); }

  // Fit for SMTP: the local part quoted when it has to be.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Address&, const Address&) = default;
};

// A mailbox with a domain (a name, or a literal such as [192.0.2.1]). Quoted
// and UTF-8 local parts (RFC 6531) are taken; at most 64 octets before the @,
// 255 after it. Angle brackets, comments and source routes are refused.
[[nodiscard]] Result<Address> parseAddress(std::string_view text);

// What MAIL FROM gives: as parseAddress, in angle brackets or without; "" and
// "<>" are the null sender.
[[nodiscard]] Result<Address> parseReversePath(std::string_view text);

// "<a@b>" -> "a@b".
[[nodiscard]] std::string_view withoutBrackets(std::string_view path);

// Lower case, A-labels (IDNA 2008, UTS 46 without transitional mapping), no
// trailing dot. An address literal is only lower-cased.
[[nodiscard]] Result<std::string> domainKey(std::string_view domain);

// A-labels as people read them, in UTF-8; what cannot be decoded stays.
[[nodiscard]] std::string domainShown(std::string_view domain);

// Whether `domain` is a name that is its own domainKey(), as most are: asked
// where it would be made only to be compared.
[[nodiscard]] bool isDomainKey(std::string_view domain);

// The local part up to the first character of `recipientDelimiter` (a set, as
// Postfix reads it). Never empties a local part, and leaves the names alone
// that Postfix does.
[[nodiscard]] std::string_view withoutExtension(
    std::string_view local, std::string_view recipientDelimiter = "+");

// "Alice+News@BÜCHER.example." -> "alice@xn--bcher-kva.example". A local part
// that lacks its quotes is taken as if it had them. What has no valid domain
// becomes itself in lower case, so that it equals only itself; the null sender
// stays empty. With an empty delimiter the extension stays.
[[nodiscard]] std::string addressKey(std::string_view address,
                                     std::string_view recipientDelimiter = "+");

}  // namespace mailreeve::mail
