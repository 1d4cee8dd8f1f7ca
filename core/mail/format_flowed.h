// Lines of plain text: broken to a readable width, and as RFC 3676 wants them
// when the part is format=flowed.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

struct TextLayout {
  bool flowed = false;
  bool delSp = false;
  std::string_view lineEnd = "\r\n";
};

// `text` (UTF-8, lines ending in LF) laid out as paragraphs of its own, without
// a last line end. Fixed text is broken at 78 characters, flowed text with soft
// breaks; a word is split only above 900 octets. The signature mark "-- " keeps
// its blank, all other lines lose theirs.
[[nodiscard]] std::string layOut(std::string_view text,
                                 const TextLayout& layout);

// Flowed text ends in a line that goes on in whatever is appended to it.
[[nodiscard]] bool endsInOpenParagraph(std::string_view text);

}  // namespace mailreeve::mail
