#include "core/auth/spf/macro.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/text.h"

namespace mailreeve::spf {

namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxExpansion = 64U << 10U;

struct Macro {
  char letter = '\0';      // Lower case.
  bool urlEscape = false;  // It was written in upper case.
  std::size_t keep = 0;    // Labels from the right; 0 is all.
  bool reverse = false;
  std::string_view delimiters = ".";
};

bool isAlpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// Digits in front of `text`, taken off it.
std::string_view takeDigits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), isDigit);
  const auto digits =
      text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

// What stands between "%{" and "}".
std::optional<Macro> parseMacro(std::string_view text) {
  if (text.empty() || !isAlpha(text.front())) return std::nullopt;
  Macro macro;
  macro.letter = lower(text.substr(0, 1))[0];
  macro.urlEscape = macro.letter != text.front();
  text.remove_prefix(1);

  if (const auto digits = takeDigits(text); !digits.empty()) {
    const auto some = digits.find_first_not_of('0');
    if (some == std::string_view::npos) return std::nullopt;
    // No name has so many labels that more digits would mean another number.
    macro.keep = parseNumber(digits.substr(some)).value_or(kMaxExpansion);
  }
  if (!text.empty() && (text.front() == 'r' || text.front() == 'R')) {
    macro.reverse = true;
    text.remove_prefix(1);
  }
  if (text.find_first_not_of(".-+,/_=") != std::string_view::npos)
    return std::nullopt;
  if (!text.empty()) macro.delimiters = text;
  return macro;
}

// Reads `text` from left to right: characters go to `literal`, macros to
// `macro`. Both say whether to go on. False as soon as one does not, or at the
// first thing that is neither.
template <class Literal, class Expand>
bool walk(std::string_view text, Literal literal, Expand expand) {
  while (!text.empty()) {
    if (text.front() != '%') {
      if (!literal(text.substr(0, 1))) return false;
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 2) return false;
    const char kind = text[1];
    text.remove_prefix(2);
    if (kind == '{') {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return false;
      const auto macro = parseMacro(text.substr(0, end));
      if (!macro || !expand(*macro)) return false;
      text.remove_prefix(end + 1);
    } else if (kind == '%') {
      if (!literal("%")) return false;
    } else if (kind == '_') {
      if (!literal(" ")) return false;
    } else if (kind == '-') {
      if (!literal("%20")) return false;
    } else {
      return false;
    }
  }
  return true;
}

std::vector<std::string_view> splitAtAny(std::string_view value,
                                         std::string_view delimiters) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = value.find_first_of(delimiters);
    parts.push_back(value.substr(0, end));
    if (end == std::string_view::npos) return parts;
    value.remove_prefix(end + 1);
  }
}

// RFC 3986: everything but the unreserved characters.
std::string urlEscaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kMarks = "-._~";
  std::string out;
  for (const char c : text) {
    if (isAlpha(c) || isDigit(c) || kMarks.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
  return out;
}

std::string transformed(const Macro& macro, std::string_view value) {
  auto parts = splitAtAny(value, macro.delimiters);
  if (macro.reverse) std::reverse(parts.begin(), parts.end());
  if (macro.keep != 0 && macro.keep < parts.size())
    parts.erase(parts.begin(),
                parts.end() - static_cast<std::ptrdiff_t>(macro.keep));
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += '.';
    out += parts[i];
  }
  return macro.urlEscape ? urlEscaped(out) : out;
}

// The last token is a macro, "%%", "%_" or "%-".
bool endsInMacro(std::string_view text) {
  if (!text.empty() && text.back() == '}') return true;
  if (text.size() < 2) return false;
  const bool token =
      std::string_view("%_-").find(text.back()) != std::string_view::npos;
  // "%%-" is an escaped percent sign and a dash: count what stands in front.
  std::size_t percents = 0;
  for (std::size_t i = text.size() - 1; i-- > 0 && text[i] == '%';) ++percents;
  return token && percents % 2 == 1;
}

bool isTopLabel(std::string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-')
    return false;
  if (std::all_of(label.begin(), label.end(), isDigit)) return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return isAlpha(c) || isDigit(c) || c == '-';
  });
}

}  // namespace

bool isMacroString(std::string_view text, MacroUse use) {
  const bool explanation = use == MacroUse::Explanation;
  const std::string_view letters = explanation ? "slodiphvcrt" : "slodiphv";
  for (const char c : text)
    if (c < (explanation ? 0x20 : 0x21) || c > 0x7e) return false;
  return walk(
      text,
      [](std::string_view) { return true; },
      [letters](const Macro& macro) {
        return letters.find(macro.letter) != std::string_view::npos;
      });
}

bool isDomainSpec(std::string_view text) {
  if (text.empty() || !isMacroString(text, MacroUse::DomainSpec)) return false;
  if (endsInMacro(text)) return true;
  if (text.back() == '.') text.remove_suffix(1);
  const auto dot = text.rfind('.');
  return dot != std::string_view::npos && isTopLabel(text.substr(dot + 1));
}

std::string expandText(std::string_view text,
                       const MacroLetters& letters,
                       std::size_t limit) {
  std::string out;
  (void)walk(
      text,
      [&out, limit](std::string_view literal) {
        out += literal;
        return out.size() < limit;
      },
      [&out, &letters, limit](const Macro& macro) {
        out += transformed(macro, letters(macro.letter));
        return out.size() < limit;
      });
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::string expandDomain(std::string_view text, const MacroLetters& letters) {
  std::string name = expandText(text, letters, kMaxExpansion);
  if (!name.empty() && name.back() == '.') name.pop_back();
  while (name.size() > kMaxName) {
    const auto dot = name.find('.', name.size() - kMaxName - 1);
    if (dot == std::string::npos) break;
    name.erase(0, dot + 1);
  }
  return name;
}

}  // namespace mailreeve::spf
