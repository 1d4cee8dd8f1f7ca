// Domain names as the DNS knows them: text with dots, in lower case, without a
// trailing dot. Any byte may stand in a label, so what a sender writes into a
// macro or a tag can be asked for, and can do no harm.
#pragma once

#include <string>
#include <string_view>

#include "core/base/network.h"

namespace mailreeve::dns {

// RFC 1035 section 2.3.4: labels of 1 to 63 octets, at most 253 in all (the
// wire form adds two). A trailing dot is allowed; the root alone is no name.
[[nodiscard]] bool isName(std::string_view text);

// "Mail.Example.COM." -> "mail.example.com".
[[nodiscard]] std::string nameKey(std::string_view name);

// Whether `name` is `parent`, or below it. Both in any case, with or without a
// trailing dot.
[[nodiscard]] bool isSameOrBelow(std::string_view name,
                                 std::string_view parent);

[[nodiscard]] std::size_t labelCount(std::string_view name);

// "a.b.example" -> "b.example"; empty above the last label.
[[nodiscard]] std::string_view parentOf(std::string_view name);

// Under which `zone`, a list of addresses, knows `ip`: 192.0.2.1 ->
// "1.2.0.192.ZONE" (RFC 5782 section 2.1; for IPv6 2.4).
[[nodiscard]] std::string dnsListName(const Ip& ip, std::string_view zone);

// 192.0.2.1 -> "1.2.0.192.in-addr.arpa"; RFC 3596 section 2.5 for IPv6.
[[nodiscard]] std::string reverseName(const Ip& ip);

}  // namespace mailreeve::dns
