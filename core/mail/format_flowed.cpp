#include "core/mail/format_flowed.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

constexpr std::size_t kWidth = 78;       // Characters: RFC 5322 2.1.1.
constexpr std::size_t kMaxOctets = 900;  // Below 998, with room for stuffing.
constexpr std::string_view kSignature = "-- ";

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return !continues(c); }));
}

// The longest prefix of `word` that fits, whole characters only.
std::size_t splitPoint(std::string_view word) {
  std::size_t at = kMaxOctets;
  while (at > 0 && continues(word[at])) --at;
  return at;
}

// The lines of one paragraph, without the blanks between them.
std::vector<std::string> breakLine(std::string_view line) {
  if (characters(line) <= kWidth && line.size() <= kMaxOctets)
    return {std::string(line)};
  std::vector<std::string> lines(1);
  for (auto word : split(line, ' ')) {
    std::string& last = lines.back();
    const bool fits = characters(last) + 1 + characters(word) <= kWidth &&
                      last.size() + 1 + word.size() <= kMaxOctets;
    if (last.empty())
      last = word;
    else if (fits)
      last.append(" ").append(word);
    else
      lines.emplace_back(word);
    while (lines.back().size() > kMaxOctets) {
      const std::string rest = lines.back().substr(splitPoint(lines.back()));
      lines.back().resize(lines.back().size() - rest.size());
      lines.push_back(rest);
    }
  }
  return lines;
}

std::string_view withoutTrailingBlanks(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// RFC 3676 section 4.4.
bool wantsStuffing(std::string_view line) {
  return line.substr(0, 1) == " " || line.substr(0, 1) == ">" ||
         line.substr(0, 5) == "From ";
}

}  // namespace

std::string layOut(std::string_view text, const TextLayout& layout) {
  // A soft break is the blank between two words; DelSp eats one more.
  const std::string_view softBreak = !layout.flowed ? ""
                                     : layout.delSp ? "  "
                                                    : " ";
  std::string out;
  bool first = true;
  const auto put = [&](std::string_view line, std::string_view ending) {
    if (!std::exchange(first, false)) out += layout.lineEnd;
    if (layout.flowed && wantsStuffing(line)) out += ' ';
    out.append(line).append(ending);
  };
  for (const auto whole : split(text, '\n')) {
    if (whole == kSignature) {
      put(whole, "");
      continue;
    }
    const auto lines = breakLine(withoutTrailingBlanks(whole));
    for (const auto& line : lines)
      put(withoutTrailingBlanks(line), &line == &lines.back() ? "" : softBreak);
  }
  return out;
}

bool endsInOpenParagraph(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  const auto newline = text.rfind('\n');
  const auto line =
      newline == std::string_view::npos ? text : text.substr(newline + 1);
  return !line.empty() && line.back() == ' ' && line != kSignature;
}

}  // namespace mailreeve::mail
