#include "core/mail/reply_quote.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

struct Line {
  std::string_view text;  // Trimmed.
  std::size_t begin = 0;
  bool quoted = false;
};

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 128;
}

std::vector<Line> readLines(std::string_view text) {
  std::vector<Line> lines;
  std::size_t at = 0;
  for (const auto raw : split(text, '\n')) {
    lines.push_back({trim(raw), at, raw.substr(0, 1) == ">"});
    at += raw.size() + 1;
  }
  return lines;
}

// "-----Original Message-----", "---------- Forwarded message ---------".
bool isDashedTitle(std::string_view line) {
  constexpr std::string_view kDashes = "---";
  return line.size() > 8 && line.substr(0, 3) == kDashes &&
         line.substr(line.size() - 3) == kDashes &&
         std::any_of(line.begin(), line.end(), isLetter);
}

// One of the fields with which Outlook begins a quote: "From: ...".
bool isQuotedField(std::string_view line) {
  constexpr std::array<std::string_view, 12> kNames = {"From",
                                                       "Von",
                                                       "De",
                                                       "Da",
                                                       "Van",
                                                       "Fra",
                                                       "Sent",
                                                       "Date",
                                                       "Gesendet",
                                                       "Datum",
                                                       "Envoy\xc3\xa9",
                                                       "Enviado"};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon + 1 >= line.size()) return false;
  const auto name = trim(line.substr(0, colon));
  return std::any_of(kNames.begin(), kNames.end(), [name](auto known) {
    return equalsIgnoringCase(name, known);
  });
}

bool isUnderline(std::string_view line) {
  return line.size() >= 20 &&
         line.find_first_not_of('_') == std::string_view::npos;
}

class Reply {
 public:
  explicit Reply(std::string_view text) : lines_(readLines(text)) {}

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

  // All that follows this line is quoted; lines().size() when there is none.
  [[nodiscard]] std::size_t separator() const {
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (separates(i)) return i;
    return lines_.size();
  }

  // lines().size() when no line is quoted.
  [[nodiscard]] std::size_t firstQuoted() const {
    const auto found = std::find_if(
        lines_.begin(), lines_.end(), [](const Line& l) { return l.quoted; });
    return static_cast<std::size_t>(found - lines_.begin());
  }

  // A signature below the quote is no text of its own.
  [[nodiscard]] bool ownTextBehind(std::size_t line) const {
    for (; line < lines_.size(); ++line) {
      const auto& [text, begin, quoted] = lines_[line];
      if (text == "--") return false;
      if (!quoted && !text.empty()) return true;
    }
    return false;
  }

  // "On ... wrote:" above the quote, which programs wrap into two lines.
  [[nodiscard]] std::size_t attribution(std::size_t quote) const {
    std::size_t line = quote;
    while (line > 0 && lines_[line - 1].text.empty()) --line;
    if (line == 0 || lines_[line - 1].text.back() != ':') return quote;
    --line;
    const bool wrapped = line > 0 && beginsAttribution(lines_[line - 1].text);
    return wrapped ? line - 1 : line;
  }

 private:
  [[nodiscard]] bool separates(std::size_t i) const {
    const auto line = lines_[i].text;
    if (isDashedTitle(line)) return true;
    const bool two = i + 2 < lines_.size();
    if (isUnderline(line))
      return two && (isQuotedField(lines_[i + 1].text) ||
                     isQuotedField(lines_[i + 2].text));
    return two && isQuotedField(line) && isQuotedField(lines_[i + 1].text);
  }

  static bool beginsAttribution(std::string_view line) {
    constexpr std::array<std::string_view, 5> kWords = {
        "On ", "Am ", "Le ", "El ", "Il "};
    return std::any_of(kWords.begin(), kWords.end(), [line](auto word) {
      return line.substr(0, word.size()) == word;
    });
  }

  std::vector<Line> lines_;
};

}  // namespace

std::optional<std::size_t> findTextQuote(std::string_view text) {
  const Reply reply(text);
  const std::size_t separator = reply.separator();
  const std::size_t quoted = reply.firstQuoted();
  if (quoted < separator) {
    if (reply.ownTextBehind(quoted)) return std::nullopt;
    return reply.lines()[reply.attribution(quoted)].begin;
  }
  if (separator < reply.lines().size()) return reply.lines()[separator].begin;
  return std::nullopt;
}

std::string withoutTextQuotes(std::string_view text) {
  const Reply reply(text);
  const std::size_t separator = reply.separator();
  std::string own;
  for (std::size_t i = 0; i < separator; ++i)
    if (!reply.lines()[i].quoted)
      own.append(reply.lines()[i].text).append("\n");
  return own;
}

}  // namespace mailreeve::mail
