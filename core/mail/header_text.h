// A header field as people read it.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

// Encoded words (RFC 2047) decoded, folding removed, control characters
// replaced: one line of valid UTF-8, of at most `limit` bytes of input.
[[nodiscard]] std::string readableHeader(std::string_view value,
                                         std::size_t limit = 16U << 10U);

// Valid UTF-8 out of any bytes: what is none is read byte by byte.
[[nodiscard]] std::string anyAsUtf8(std::string_view bytes);

}  // namespace mailreeve::mail
