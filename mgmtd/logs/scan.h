// Takes texts apart from the left. Every function either takes what it is named
// for and says so, or takes nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailreeve::logs {

inline bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// `text` without `prefix`, if it begins with it.
inline bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Up to `end`, which is taken, too; the whole text stays when there is none.
inline bool takeUntil(std::string_view& text,
                      std::string_view end,
                      std::string_view& taken) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return false;
  taken = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return true;
}

// "NAME=<ADDRESS>": up to the first `>` outside of quotes. Postfix writes
// addresses in their quoted form (info_log_addr_form), and gives them to us so:
// a sender cannot end his own early.
inline bool takeAddress(std::string_view& text,
                        std::string_view name,
                        std::string_view& address) {
  std::string_view rest = text;
  if (!take(rest, name) || !take(rest, "=<")) return false;
  bool quoted = false;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    if (rest[at] == '\\') {
      ++at;
    } else if (rest[at] == '"') {
      quoted = !quoted;
    } else if (rest[at] == '>' && !quoted) {
      address = rest.substr(0, at);
      text = rest.substr(at + 1);
      return true;
    }
  }
  return false;
}

// What stands between `before` and the next `after`, anywhere in `text`; empty
// when it is not there.
inline std::string_view between(std::string_view text,
                                std::string_view before,
                                std::string_view after) {
  const auto from = text.find(before);
  if (from == std::string_view::npos) return {};
  const auto start = from + before.size();
  const auto end = text.find(after, start);
  if (end == std::string_view::npos) return {};
  return text.substr(start, end - start);
}

// Exactly `digits` digits.
inline bool takeDigits(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  int sum = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!isDigit(text[i])) return false;
    sum = sum * 10 + (text[i] - '0');
  }
  value = sum;
  text.remove_prefix(digits);
  return true;
}

// The number `text` begins with, at most 15 digits; 0 when it is none.
inline std::int64_t leadingNumber(std::string_view text) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < text.size() && i < 15 && isDigit(text[i]); ++i)
    sum = sum * 10 + (text[i] - '0');
  return sum;
}

}  // namespace mailreeve::logs
