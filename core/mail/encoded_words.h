// Encoded words (RFC 2047) in a header field, decoded as mail programs do: a
// character may be split between two words, a word may hold blanks or stand in
// quotes. GMime drops what follows the padding of a base64 word.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

// `text` with every encoded word decoded to UTF-8, and the blanks between two
// neighbouring words gone. What is none, or in a charset nobody knows, stays.
[[nodiscard]] std::string decodeWords(std::string_view text);

}  // namespace mailreeve::mail
