#include "core/mail/variables.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/html_text.h"

namespace mailreeve::mail {

namespace {

constexpr std::size_t kMaxValue = 1000;

bool isName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
  });
}

// One line of valid text.
std::string tame(std::string_view value) {
  if (value.size() > kMaxValue) {
    std::size_t end = kMaxValue;  // Not within a character.
    while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U)
      --end;
    value = value.substr(0, end);
  }
  std::string out = printable(value);
  if (!isValidUtf8(out))
    for (char& c : out)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return out;
}

// Calls `literal` for each run of text and `variable` for each {name}.
template <class Literal, class Variable>
void walk(std::string_view text, Literal literal, Variable variable) {
  while (!text.empty()) {
    const auto open = text.find('{');
    literal(text.substr(0, open));
    if (open == std::string_view::npos) return;
    text.remove_prefix(open);
    const auto close = text.find('}');
    const auto name = close == std::string_view::npos
                          ? std::string_view{}
                          : text.substr(1, close - 1);
    if (isName(name)) {
      variable(name);
      text.remove_prefix(close + 1);
    } else {
      literal(text.substr(0, 1));
      text.remove_prefix(1);
    }
  }
}

}  // namespace

std::string expandVariables(std::string_view text,
                            const Variables& values,
                            TextKind kind) {
  std::string out;
  walk(
      text,
      [&](std::string_view literal) { out += literal; },
      [&](std::string_view name) {
        const auto found = values.find(name);
        if (found == values.end())
          out.append("{").append(name).append("}");
        else if (kind == TextKind::Html)
          out += escapeHtml(tame(found->second));
        else
          out += tame(found->second);
      });
  return out;
}

std::vector<std::string> variableNames(std::string_view text) {
  std::vector<std::string> names;
  walk(
      text,
      [](std::string_view) {},
      [&](std::string_view name) { names.emplace_back(name); });
  return names;
}

}  // namespace mailreeve::mail
