#include "core/mail/part_names.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/encoded_words.h"
#include "core/mail/header_text.h"
#include "core/mail/percent.h"

namespace mailreeve::mail {

namespace {

constexpr auto kNone = std::string_view::npos;

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '*' || c == '-' || c == '_';
}

// The parameter's name that ends before `end`, blanks skipped.
std::string_view nameBefore(std::string_view field, std::size_t end) {
  constexpr std::size_t kLongest = 32;
  while (end > 0 && (field[end - 1] == ' ' || field[end - 1] == '\t')) --end;
  std::size_t begin = end;
  while (begin > 0 && end - begin < kLongest &&
         isNameCharacter(field[begin - 1]))
    --begin;
  return field.substr(begin, end - begin);
}

// What `field` begins with: up to the closing quote, or to a semicolon.
std::string valueOf(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  if (!field.starts_with('"'))
    return std::string(trim(field.substr(0, field.find(';'))));
  std::string out;
  for (std::size_t i = 1; i < field.size() && field[i] != '"'; ++i) {
    if (field[i] == '\\' && i + 1 < field.size()) ++i;
    out += field[i];
  }
  return out;
}

// RFC 2231 section 4: charset'language'text.
std::string extended(std::string_view value) {
  const auto first = value.find('\'');
  const auto second = first == kNone ? kNone : value.find('\'', first + 1);
  if (second == kNone) return decodeMarked(value, '%');
  const std::string bytes = decodeMarked(value.substr(second + 1), '%');
  if (const auto* charset = findCharset(value.substr(0, first)))
    if (auto text = toUtf8(bytes, *charset)) return *std::move(text);
  return bytes;
}

void add(std::string_view name, std::vector<std::string>& names) {
  const auto text = anyAsUtf8(trim(name));
  if (!text.empty() &&
      std::find(names.begin(), names.end(), text) == names.end())
    names.push_back(text);
}

}  // namespace

bool collectNames(std::string_view value, std::vector<std::string>& names) {
  std::string field;
  field.reserve(value.size());
  for (const char c : value)
    if (c != '\r' && c != '\n') field += c;
  const std::string_view view = field;
  for (auto at = view.find('='); at != kNone; at = view.find('=', at + 1)) {
    auto parameter = nameBefore(view, at);
    const bool percent = parameter.ends_with('*');
    if (percent) parameter.remove_suffix(1);
    // The pieces of a name are put together by GMime.
    if (!equalsIgnoringCase(parameter, "name") &&
        !equalsIgnoringCase(parameter, "filename"))
      continue;
    const std::string raw = valueOf(view.substr(at + 1));
    const std::string name = percent ? extended(raw) : decodeWords(raw);
    // Some end where the NUL stands.
    for (const auto cut : {name.find('\0'), name.size()}) {
      std::string text = name.substr(0, std::min(cut, name.size()));
      std::replace(text.begin(), text.end(), '\0', ' ');
      add(text, names);
    }
    if (names.size() > kMaxNames) return false;
  }
  return true;
}

}  // namespace mailreeve::mail
