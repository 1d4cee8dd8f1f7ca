// Bytes written as a mark and two hexadecimal digits: "%41" in addresses of the
// Web and in parameters (RFC 2231), "=41" in encoded words (RFC 2047).
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

// A mark without two digits behind it stays.
[[nodiscard]] std::string decodeMarked(std::string_view text, char mark);

}  // namespace mailreeve::mail
