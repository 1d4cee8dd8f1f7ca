// Character references of HTML and characters of UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailreeve::mail {

// `text` with its character references replaced. Numeric ones and the names
// that mail uses are known; others stay as they are.
[[nodiscard]] std::string decodeEntities(std::string_view text);

// Appends one character as UTF-8. What is no character becomes U+FFFD.
void appendUtf8(std::uint32_t codePoint, std::string& out);

// Takes the first character off valid UTF-8 that is not empty.
[[nodiscard]] std::uint32_t takeCharacter(std::string_view& text);

}  // namespace mailreeve::mail
