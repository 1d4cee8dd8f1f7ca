#include "core/auth/spf/record.h"

#include <algorithm>

#include <arpa/inet.h>

#include "core/auth/spf/macro.h"
#include "core/base/text.h"

namespace mailreeve::spf {

namespace {

constexpr std::string_view kVersion = "v=spf1";
constexpr std::size_t kMaxTerm = 2048;

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// RFC 7208 section 12: no leading zeros, and nothing above `max`.
std::optional<unsigned> parsePrefix(std::string_view text, unsigned max) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  const auto number = parseNumber(text);
  if (!number || *number > max) return std::nullopt;
  return static_cast<unsigned>(*number);
}

// Where the digits at the end of `text` begin.
std::size_t trailingDigits(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && isDigit(text[at - 1])) --at;
  return at;
}

// Takes a "/24", "//64" or "/24//64" off the end of `text`. A slash elsewhere
// is left: it is part of the domain-spec, or an error there.
bool takePrefixes(std::string_view& text, Mechanism& mechanism) {
  std::size_t at = trailingDigits(text);
  if (at >= 2 && at < text.size() && text.substr(at - 2, 2) == "//") {
    const auto prefix = parsePrefix(text.substr(at), 128);
    if (!prefix) return false;
    mechanism.prefix6 = *prefix;
    text = text.substr(0, at - 2);
    at = trailingDigits(text);
  }
  if (at >= 1 && at < text.size() && text[at - 1] == '/') {
    const auto prefix = parsePrefix(text.substr(at), 32);
    if (!prefix) return false;
    mechanism.prefix4 = *prefix;
    text = text.substr(0, at - 1);
  }
  return true;
}

// [":" domain-spec], filling all of `text`.
bool readDomain(std::string_view text, bool required, Mechanism& mechanism) {
  if (text.empty()) return !required;
  if (text.front() != ':' || !isDomainSpec(text.substr(1))) return false;
  mechanism.domain = text.substr(1);
  return true;
}

// ":" network ["/" prefix].
bool readNetwork(std::string_view text, bool v6, Mechanism& mechanism) {
  if (text.empty() || text.front() != ':') return false;
  text.remove_prefix(1);
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto prefix = parsePrefix(text.substr(slash + 1), v6 ? 128 : 32);
    if (!prefix) return false;
    (v6 ? mechanism.prefix6 : mechanism.prefix4) = *prefix;
  }
  // Not parseIp(): here an IPv4 address mapped into IPv6 stays IPv6, and is
  // none for ip4.
  mechanism.address.v6 = v6;
  return ::inet_pton(v6 ? AF_INET6 : AF_INET,
                     std::string(text.substr(0, slash)).c_str(),
                     mechanism.address.bytes.data()) == 1;
}

bool readArguments(std::string_view name,
                   std::string_view arguments,
                   Mechanism& mechanism) {
  using Kind = Mechanism::Kind;
  const std::string key = lower(name);
  if (key == "all") {
    mechanism.kind = Kind::All;
    return arguments.empty();
  }
  if (key == "include" || key == "exists") {
    mechanism.kind = key == "include" ? Kind::Include : Kind::Exists;
    return readDomain(arguments, true, mechanism);
  }
  if (key == "a" || key == "mx") {
    mechanism.kind = key == "a" ? Kind::A : Kind::Mx;
    return takePrefixes(arguments, mechanism) &&
           readDomain(arguments, false, mechanism);
  }
  if (key == "ptr") {
    mechanism.kind = Kind::Ptr;
    return readDomain(arguments, false, mechanism);
  }
  if (key == "ip4" || key == "ip6") {
    mechanism.kind = key == "ip4" ? Kind::Ip4 : Kind::Ip6;
    return readNetwork(arguments, key == "ip6", mechanism);
  }
  return false;
}

std::optional<Outcome> qualifierOf(char c) {
  switch (c) {
    case '+':
      return Outcome::Pass;
    case '-':
      return Outcome::Fail;
    case '~':
      return Outcome::SoftFail;
    case '?':
      return Outcome::Neutral;
    default:
      return std::nullopt;
  }
}

bool addMechanism(std::string_view term, Record& record) {
  Mechanism mechanism;
  mechanism.text = term;
  if (const auto qualifier = qualifierOf(term.front())) {
    mechanism.qualifier = *qualifier;
    term.remove_prefix(1);
  }
  const auto end = std::min(term.find_first_of(":/"), term.size());
  if (!readArguments(term.substr(0, end), term.substr(end), mechanism))
    return false;
  record.mechanisms.push_back(std::move(mechanism));
  return true;
}

bool isModifierName(std::string_view name) {
  if (name.empty() || !isLetter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.';
  });
}

bool addModifier(std::string_view name,
                 std::string_view value,
                 Record& record) {
  if (!isModifierName(name)) return false;
  const bool redirect = equalsIgnoringCase(name, "redirect");
  if (!redirect && !equalsIgnoringCase(name, "exp"))
    return isMacroString(value, MacroUse::Explanation);  // Unknown: no effect.
  auto& slot = redirect ? record.redirect : record.explanation;
  if (slot || !isDomainSpec(value)) return false;
  slot = std::string(value);
  return true;
}

bool addTerm(std::string_view term, Record& record) {
  if (term.size() > kMaxTerm) return false;
  const auto separator = term.find_first_of("=:/");
  if (separator == std::string_view::npos || term[separator] != '=')
    return addMechanism(term, record);
  return addModifier(
      term.substr(0, separator), term.substr(separator + 1), record);
}

}  // namespace

std::string_view describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::None:
      return "none";
    case Outcome::Neutral:
      return "neutral";
    case Outcome::Pass:
      return "pass";
    case Outcome::Fail:
      return "fail";
    case Outcome::SoftFail:
      return "softfail";
    case Outcome::TempError:
      return "temperror";
    case Outcome::PermError:
      break;
  }
  return "permerror";
}

bool isRecord(std::string_view text) {
  return startsWithIgnoringCase(text, kVersion) &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

Result<Record> parseRecord(std::string_view text) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e)
      return Error{ErrorCode::Invalid, "a byte that is not printable ASCII"};
  Record record;
  for (const auto term : split(text.substr(kVersion.size()), ' '))
    if (!term.empty() && !addTerm(term, record))
      return Error{ErrorCode::Invalid,
                   "\"" + std::string(term.substr(0, 100)) + "\""};
  return record;
}

}  // namespace mailreeve::spf
