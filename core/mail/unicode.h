// Text in the one form in which two spellings of the same thing are equal: for
// comparing names that a sender may write as he likes.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

// Case folded, and composed with compatibility characters replaced (NFKC): "A",
// full-width "Ａ" and "a" become the same. What is not UTF-8 is only
// lower-cased.
[[nodiscard]] std::string foldText(std::string_view text);

// `text` with each byte that is not part of valid UTF-8 taken as ISO 8859-1: a
// name in an unknown charset keeps its ASCII, and nothing is lost.
[[nodiscard]] std::string asUtf8(std::string_view text);

}  // namespace mailreeve::mail
