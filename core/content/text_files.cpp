#include "core/content/text_files.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/base/text.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::content {

namespace {

constexpr std::string_view kYencBegin = "=ybegin ";

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  // Without its line end.
  [[nodiscard]] bool next(std::string_view& line) {
    if (at_ >= text_.size()) return false;
    begin_ = at_;
    const auto newline = text_.find('\n', at_);
    const auto end = std::min(newline, text_.size());
    line = text_.substr(at_, end - at_);
    at_ = newline == std::string_view::npos ? text_.size() : newline + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return true;
  }

  // The line read last comes again.
  void putBack() { at_ = begin_; }

  [[nodiscard]] std::size_t begin() const { return begin_; }

  [[nodiscard]] std::size_t end() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
};

// "begin 644 name": the name.
std::optional<std::string_view> uuName(std::string_view line) {
  if (!line.starts_with("begin ")) return std::nullopt;
  line = trim(line.substr(6));
  const auto mode = line.find_first_not_of("01234567");
  if (mode == std::string_view::npos || mode < 3 || mode > 4 ||
      line[mode] != ' ')
    return std::nullopt;
  return trim(line.substr(mode));
}

std::string yencDecoded(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    auto byte = static_cast<unsigned char>(line[i]);
    if (byte == '=' && i + 1 < line.size())
      byte = static_cast<unsigned char>(static_cast<unsigned char>(line[++i]) -
                                        64U);
    out += static_cast<char>(static_cast<unsigned char>(byte - 42U));
  }
  return out;
}

std::string readUu(std::string_view text, Lines& lines) {
  const auto begin = lines.begin();
  std::string_view line;
  while (lines.next(line) && line != "end")
    if (uuName(line)) {
      lines.putBack();
      break;
    }
  return mail::decodeTransfer(text.substr(begin, lines.end() - begin),
                              mail::Encoding::Uuencode);
}

std::string readYenc(Lines& lines) {
  std::string content;
  std::string_view line;
  while (lines.next(line) && !line.starts_with("=yend"))
    if (!line.starts_with("=ypart")) content += yencDecoded(line);
  return content;
}

}  // namespace

std::vector<TextFile> filesInText(std::string_view text) {
  std::vector<TextFile> files;
  if (text.find("begin ") == std::string_view::npos) return files;
  Lines lines(text);
  for (std::string_view line;
       files.size() < kMaxTextFiles && lines.next(line);) {
    if (const auto name = uuName(line)) {
      files.push_back({std::string(*name), readUu(text, lines)});
    } else if (line.starts_with(kYencBegin)) {
      const auto at = line.find(" name=");
      if (at != std::string_view::npos)
        files.push_back({std::string(line.substr(at + 6)), readYenc(lines)});
    }
  }
  return files;
}

}  // namespace mailreeve::content
