#include "core/mail/address.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <arpa/inet.h>
#include <idn2.h>

#include "core/base/text.h"
#include "core/mail/charset.h"

namespace mailreeve::mail {

namespace {

// RFC 5321 section 4.5.3.1.
constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxDomain = 255;
constexpr std::size_t kMaxLabel = 63;

Error invalid(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

// What a byte may be part of. A table: addresses are read for each recipient.
enum Part : std::uint8_t { kAtom = 1, kLabel = 2, kUpper = 4 };

constexpr std::array<std::uint8_t, 256> kParts = [] {
  std::array<std::uint8_t, 256> parts{};
  const auto add = [&parts](std::string_view bytes, unsigned what) {
    for (const char c : bytes) {
      auto& part = parts[static_cast<unsigned char>(c)];
      part = static_cast<std::uint8_t>(part | what);
    }
  };
  add("abcdefghijklmnopqrstuvwxyz0123456789", kAtom | kLabel);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", kAtom | kLabel | kUpper);
  // RFC 5321 atext; RFC 6531 adds everything outside ASCII.
  add("!#$%&'*+-/=?^_`{|}~", kAtom);
  for (std::size_t i = 128; i < parts.size(); ++i) parts[i] = kAtom;
  // The underscore is no letter of RFC 5321, but of names that mail is sent to.
  add("-_", kLabel);
  return parts;
}();

bool is(char c, Part part) {
  return (kParts[static_cast<unsigned char>(c)] & part) != 0;
}

bool isDotString(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '.' || is(c, kAtom);
  });
}

// The '@' after the local part: the first outside quotes.
std::size_t findAt(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted)
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (text[i] == '@' && !quoted)
      return i;
  }
  return std::string_view::npos;
}

Result<std::string> unquote(std::string_view quoted) {
  std::string out;
  quoted = quoted.substr(1, quoted.size() - 2);
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '"') return invalid("a quote inside the local part");
    if (quoted[i] == '\\' && ++i == quoted.size())
      return invalid("the local part ends in a backslash");
    const auto c = static_cast<unsigned char>(quoted[i]);
    if (c < 0x20 || c == 0x7f)
      return invalid("a control character in the local part");
    out += quoted[i];
  }
  if (out.empty()) return invalid("the local part is empty");
  return out;
}

Result<std::string> parseLocal(std::string_view text) {
  if (text.empty()) return invalid("the local part is empty");
  if (text.size() > kMaxLocal)
    return invalid("the local part is longer than 64 octets");
  if (!isValidUtf8(text)) return invalid("the local part is not valid UTF-8");
  if (text.front() == '"') {
    if (text.size() < 2 || text.back() != '"')
      return invalid("the quoted local part does not end");
    return unquote(text);
  }
  if (!isDotString(text))
    return invalid("a character the local part cannot hold without quotes");
  return std::string(text);
}

bool isAddressLiteral(std::string_view domain) {
  if (domain.size() < 3 || domain.front() != '[' || domain.back() != ']')
    return false;
  constexpr std::string_view kTag = "IPv6:";
  std::string inside(domain.substr(1, domain.size() - 2));
  const bool six = startsWithIgnoringCase(inside, kTag);
  if (six) inside.erase(0, kTag.size());
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  return ::inet_pton(six ? AF_INET6 : AF_INET, inside.c_str(), binary.data()) ==
         1;
}

bool isLabel(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(
      label.begin(), label.end(), [](char c) { return is(c, kLabel); });
}

bool isDomainName(std::string_view domain) {
  if (domain.empty() || domain.size() > kMaxDomain) return false;
  for (;;) {
    const auto dot = domain.find('.');
    if (!isLabel(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

std::string_view withoutTrailingDot(std::string_view domain) {
  if (domain.size() > 1 && domain.back() == '.') domain.remove_suffix(1);
  return domain;
}

Result<std::string> toALabels(std::string_view domain) {
  if (domain.find('\0') != std::string_view::npos || !isValidUtf8(domain))
    return invalid("the domain is not valid UTF-8");
  const std::string name(domain);
  char* out = nullptr;
  const int problem = ::idn2_to_ascii_8z(
      name.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (problem != IDN2_OK)
    return invalid(std::string("the domain: ") + ::idn2_strerror(problem));
  std::string ascii(out);
  ::idn2_free(out);
  return ascii;
}

// What parseAddress() and addressKey() make of an address, each its own way.
struct Mailbox {
  std::string local;        // Without quotes and escapes.
  std::string_view domain;  // As written.
  std::string domainKey;
};

Result<Mailbox> parseMailbox(std::string_view text) {
  const std::size_t at = findAt(text);
  if (at == std::string_view::npos) return invalid("the address has no @");
  auto local = parseLocal(text.substr(0, at));
  if (!local) return std::move(local).error();
  const auto domain = text.substr(at + 1);
  auto key = domainKey(domain);
  if (!key) return std::move(key).error();
  return Mailbox{*std::move(local), domain, *std::move(key)};
}

// The same for an address without the quotes it needs: so Postfix shows it to
// its policy services.
Result<Mailbox> parseUnquoted(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0)
    return invalid("the local part is empty");
  const auto domain = text.substr(at + 1);
  auto key = domainKey(domain);
  if (!key) return std::move(key).error();
  return Mailbox{std::string(text.substr(0, at)), domain, *std::move(key)};
}

}  // namespace

std::string Address::text() const {
  if (isNull()) return {};
  if (isDotString(local)) return local + "@" + domain;
  std::string out = "\"";
  for (const char c : local) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"@" + domain;
}

Result<Address> parseAddress(std::string_view text) {
  auto parsed = parseMailbox(text);
  if (!parsed) return std::move(parsed).error();
  return Address{std::move(parsed->local),
                 std::string(withoutTrailingDot(parsed->domain))};
}

Result<Address> parseReversePath(std::string_view text) {
  text = withoutBrackets(text);
  if (text.empty()) return Address{};
  return parseAddress(text);
}

std::string_view withoutBrackets(std::string_view path) {
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>')
    return path.substr(1, path.size() - 2);
  return path;
}

Result<std::string> domainKey(std::string_view domain) {
  domain = withoutTrailingDot(domain);
  if (domain.size() > kMaxDomain)
    return invalid("the domain is longer than 255 octets");
  if (isDomainKey(domain)) return std::string(domain);
  if (isAddressLiteral(domain)) return lower(domain);
  std::string ascii = lower(domain);
  if (!isAscii(domain)) {
    auto converted = toALabels(domain);
    if (!converted) return converted;
    ascii = lower(*converted);
  }
  if (!isDomainName(ascii)) return invalid("not a domain name");
  return ascii;
}

std::string domainShown(std::string_view domain) {
  const std::string text(domain.substr(0, kMaxDomain));
  char* out = nullptr;
  if (::idn2_to_unicode_8z8z(text.c_str(), &out, 0) != IDN2_OK) return text;
  std::string shown = out;
  ::idn2_free(out);
  return shown;
}

bool isDomainKey(std::string_view domain) {
  return isDomainName(domain) &&
         std::none_of(domain.begin(), domain.end(), [](char c) {
           return is(c, kUpper);
         });
}

std::string_view withoutExtension(std::string_view local,
                                  std::string_view recipientDelimiter) {
  // Postfix' split_addr(3) keeps these whole.
  for (const std::string_view name :
       {"postmaster", "mailer-daemon", "double-bounce"})
    if (equalsIgnoringCase(local, name)) return local;
  const bool dash = recipientDelimiter.find('-') != std::string_view::npos;
  const bool list =
      startsWithIgnoringCase(local, "owner-") ||
      (local.size() > 8 &&
       equalsIgnoringCase(local.substr(local.size() - 8), "-request"));
  if (dash && list) return local;
  const auto at = local.find_first_of(recipientDelimiter, 1);
  return local.substr(0, at);
}

std::string addressKey(std::string_view address,
                       std::string_view recipientDelimiter) {
  address = withoutBrackets(trim(address));
  auto parsed = parseMailbox(address);
  if (!parsed) parsed = parseUnquoted(address);
  if (!parsed) return lower(address);
  std::string key = lower(withoutExtension(parsed->local, recipientDelimiter));
  key += '@';
  key += parsed->domainKey;
  return key;
}

}  // namespace mailreeve::mail
