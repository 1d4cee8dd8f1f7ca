#include "core/config/text_kinds.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/mail/address.h"
#include "core/mail/charset.h"
#include "core/pattern/pattern_set.h"

namespace mailreeve::config {

namespace {

constexpr std::size_t kMostLine = 1000;  // Bytes.
constexpr std::size_t kMostBlock = 256 << 10;

bool hasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::string checkLine(std::string_view text) {
  if (text.size() > kMostLine) return "must not be longer than 1000 bytes";
  if (hasControls(text)) return "must be one line without control characters";
  return "";
}

std::string checkDomain(std::string_view text) {
  const auto key = mail::domainKey(text);
  if (!key) return "must be a domain name, such as example.com";
  return key->find('.') == std::string::npos
             ? "must be a full domain name, such as example.com"
             : "";
}

std::string checkHostname(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!plain || !checkDomain(text).empty() || text.back() == '.')
    return "must be a fully qualified host name, such as mail.example.com";
  return "";
}

std::string checkLocalPart(std::string_view text) {
  constexpr std::string_view kWrong = "()<>[]:;@\\,\" ";
  if (text.empty() || text.size() > 64 || hasControls(text) ||
      text.find_first_of(kWrong) != std::string_view::npos ||
      text.front() == '.' || text.back() == '.' ||
      text.find("..") != std::string_view::npos)
    return "must be the part of an address before the @";
  return "";
}

std::string checkAddress(std::string_view text) {
  return mail::parseAddress(text) ? ""
                                  : "must be an address, such as "
                                    "alice@example.com";
}

std::string checkPattern(std::string_view text) {
  if (text.find_first_of(" \t<>") != std::string_view::npos && text != "<>")
    return "must be an address, in which * stands for anything, or <>";
  if (text.empty()) return "must not be empty";
  return "";
}

std::string checkPath(std::string_view text) {
  if (text.empty() || text.front() != '/') return "must be an absolute path";
  return text.find("/../") == std::string_view::npos ? ""
                                                     : "must not hold /../";
}

std::string checkColor(std::string_view text) {
  constexpr std::array<std::string_view, 8> kNames = {
      "red", "orange", "yellow", "green", "teal", "blue", "purple", "gray"};
  if (std::find(kNames.begin(), kNames.end(), text) != kNames.end()) return "";
  const bool hex = text.size() == 7 && text[0] == '#' &&
                   text.find_first_not_of("0123456789abcdefABCDEF", 1) ==
                       std::string_view::npos;
  return hex ? ""
             : "must be #rrggbb or one of red, orange, yellow, green, teal, "
               "blue, purple, gray";
}

std::string checkTimeOfDay(std::string_view text) {
  const bool shaped = text.size() == 5 && text[2] == ':';
  const auto hour = shaped ? parseNumber(text.substr(0, 2)) : std::nullopt;
  const auto minute = shaped ? parseNumber(text.substr(3)) : std::nullopt;
  return hour && minute && *hour < 24 && *minute < 60
             ? ""
             : "must be a time of day, such as \"02:30\"";
}

std::string checkDay(std::string_view text) {
  const auto number = [text](std::size_t from, std::size_t length) {
    return static_cast<unsigned>(
        parseNumber(text.substr(from, length)).value_or(0));
  };
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const bool day =
      shaped && std::chrono::year_month_day(
                    std::chrono::year(static_cast<int>(number(0, 4))),
                    std::chrono::month(number(5, 2)),
                    std::chrono::day(number(8, 2)))
                    .ok();
  return day ? "" : "must be a day, as 2027-03-31";
}

std::string checkNetwork(std::string_view text) {
  const auto network = parseNetwork(text);
  return network ? "" : network.error().what;
}

std::string checkNameServer(std::string_view text) {
  constexpr std::size_t kMostPort = 65535;
  const auto at = text.find('@');
  const auto port = at == std::string_view::npos
                        ? std::optional<std::size_t>(1)
                        : parseNumber(text.substr(at + 1));
  const bool good =
      parseIp(text.substr(0, at)) && port && *port >= 1 && *port <= kMostPort;
  return good ? "" : "must be an IP address or IP@port";
}

std::string checkKind(TextKind kind, std::string_view text) {
  switch (kind) {
    case TextKind::Free:
    case TextKind::Block:
      return "";
    case TextKind::Name:
      return trim(text).empty() ? "must not be empty" : "";
    case TextKind::Hostname:
      return checkHostname(text);
    case TextKind::Domain:
      return checkDomain(text);
    case TextKind::DomainPattern:
      return checkDomain(text.starts_with("*.") ? text.substr(2) : text);
    case TextKind::LocalPart:
      return checkLocalPart(text);
    case TextKind::Address:
      return checkAddress(text);
    case TextKind::Target:
      return text.find('@') == std::string_view::npos ? checkLocalPart(text)
                                                      : checkAddress(text);
    case TextKind::AddressPattern:
      return checkPattern(text);
    case TextKind::Path:
      return checkPath(text);
    case TextKind::Ip:
      return parseIp(text) ? "" : "must be an IP address";
    case TextKind::Network:
      return checkNetwork(text);
    case TextKind::NameServer:
      return checkNameServer(text);
    case TextKind::Color:
      return checkColor(text);
    case TextKind::TimeOfDay:
      return checkTimeOfDay(text);
    case TextKind::Pattern:
      return pattern::checkPattern(text);
    case TextKind::Day:
      return checkDay(text);
  }
  return "";
}

}  // namespace

std::string checkText(TextKind kind, std::string_view text) {
  if (!mail::isValidUtf8(text)) return "must be valid UTF-8";
  if (kind == TextKind::Block) {
    if (text.size() > kMostBlock) return "must not be longer than 256 KiB";
  } else if (std::string wrong = checkLine(text); !wrong.empty()) {
    return wrong;
  }
  std::string wrong = checkKind(kind, text);
  if (!wrong.empty() && wrong.starts_with("must"))
    wrong += ", is \"" + printable(text.substr(0, 80)) + "\"";
  return wrong;
}

std::string_view kindName(TextKind kind) {
  switch (kind) {
    case TextKind::Free:
    case TextKind::Name:
      return "text";
    case TextKind::Block:
      return "text of several lines";
    case TextKind::Hostname:
      return "host name";
    case TextKind::Domain:
      return "domain";
    case TextKind::DomainPattern:
      return "domain or *.domain";
    case TextKind::LocalPart:
      return "part before the @";
    case TextKind::Address:
      return "address";
    case TextKind::Target:
      return "address or part before the @";
    case TextKind::AddressPattern:
      return "address with *";
    case TextKind::Path:
      return "absolute path";
    case TextKind::Ip:
      return "IP address";
    case TextKind::Network:
      return "IP network";
    case TextKind::NameServer:
      return "IP address or IP@port";
    case TextKind::Color:
      return "color";
    case TextKind::TimeOfDay:
      return "time of day, HH:MM";
    case TextKind::Pattern:
      return "regular expression";
    case TextKind::Day:
      return "day";
  }
  return "text";
}

std::int64_t parseSize(std::string_view text) {
  constexpr std::int64_t kInvalid = -1;
  if (text.empty()) return kInvalid;
  unsigned shift = 0;
  switch (text.back()) {
    case 'K':
    case 'k':
      shift = 10;
      break;
    case 'M':
    case 'm':
      shift = 20;
      break;
    case 'G':
    case 'g':
      shift = 30;
      break;
    default:
      break;
  }
  if (shift > 0) text.remove_suffix(1);
  const auto number = parseNumber(text);
  if (!number || *number > (std::uint64_t{1} << 50U) >> shift) return kInvalid;
  if (text.size() > 1 && text.front() == '0') return kInvalid;
  return static_cast<std::int64_t>(*number << shift);
}

}  // namespace mailreeve::config
