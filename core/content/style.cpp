#include "core/content/style.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "core/base/text.h"
#include "core/mail/html_entity.h"

namespace mailreeve::content {

namespace {

std::optional<std::uint32_t> hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// CSS Syntax 4.3.7: up to six hexadecimal digits and one blank, or any other
// character, which then means itself. `at` is behind the backslash; gives where
// the escape ends.
std::size_t readEscape(std::string_view style,
                       std::size_t at,
                       std::string& out) {
  constexpr std::size_t kDigits = 6;
  std::uint32_t character = 0;
  std::size_t end = at;
  for (; end < style.size() && end - at < kDigits; ++end) {
    const auto digit = hexDigit(style[end]);
    if (!digit) break;
    character = character * 16 + *digit;
  }
  if (end == at) {
    if (at >= style.size()) return at;
    if (static_cast<unsigned char>(style[at]) > ' ') out += style[at];
    return at + 1;
  }
  if (character > ' ' && character < 0x80)
    out += static_cast<char>(character);
  else if (character >= 0x80)
    mail::appendUtf8(character, out);
  if (style.substr(end, 2) == "\r\n") return end + 2;
  const bool blank =
      end < style.size() &&
      std::string_view(" \t\r\n\f").find(style[end]) != std::string_view::npos;
  return blank ? end + 1 : end;
}

}  // namespace

std::string styleKey(std::string_view style) {
  std::string out;
  for (std::size_t i = 0; i < style.size();) {
    if (style.substr(i, 2) == "/*") {
      const auto end = style.find("*/", i + 2);
      if (end == std::string_view::npos) break;
      i = end + 2;
    } else if (style[i] == '\\') {
      i = readEscape(style, i + 1, out);
    } else {
      if (static_cast<unsigned char>(style[i]) > ' ') out += style[i];
      ++i;
    }
  }
  return lower(out);
}

bool hides(std::string_view key) {
  const std::initializer_list<std::string_view> all = {"display:none",
                                                       "visibility:hidden",
                                                       "font-size:0;",
                                                       "font-size:0px",
                                                       "mso-hide:all"};
  return key.ends_with("font-size:0") ||
         std::any_of(all.begin(), all.end(), [key](std::string_view one) {
           return key.find(one) != std::string_view::npos;
         });
}

}  // namespace mailreeve::content
