#include "core/content/link.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/content/file_name.h"
#include "core/content/message_text.h"
#include "core/mail/address.h"
#include "core/mail/charset.h"
#include "core/mail/html_entity.h"
#include "core/mail/unicode.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kMaxUrl = 8192;

// Browsers drop tabs and line ends anywhere and take backslashes for slashes.
std::string asBrowsersRead(std::string_view url) {
  std::string out;
  for (const char c : url.substr(0, kMaxUrl)) {
    if (c == '\t' || c == '\r' || c == '\n') continue;
    out += c == '\\' ? '/' : c;
  }
  while (!out.empty() && static_cast<unsigned char>(out.front()) <= ' ')
    out.erase(0, 1);
  return out;
}

std::optional<int> hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string percentDecoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = i + 2 < text.size() && text[i] == '%'
                          ? hexDigit(text[i + 1])
                          : std::nullopt;
    const auto low = high ? hexDigit(text[i + 2]) : std::nullopt;
    if (!low) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

// What stands between the scheme and the path.
struct Authority {
  std::string user;
  std::string host;  // As written.
};

std::optional<Authority> authorityOf(std::string_view raw) {
  const std::string url = asBrowsersRead(raw);
  std::string_view rest = url;
  const bool known = startsWithIgnoringCase(rest, "http:") ||
                     startsWithIgnoringCase(rest, "https:") ||
                     startsWithIgnoringCase(rest, "ftp:");
  if (known)
    rest.remove_prefix(rest.find(':') + 1);
  else if (!rest.starts_with("//"))
    return std::nullopt;
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  rest = rest.substr(0, rest.find_first_of("/?#"));
  Authority out;
  if (const auto at = rest.rfind('@'); at != kNone) {
    out.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  if (rest.starts_with('[')) {
    out.host = rest.substr(0, rest.find(']') + 1);
    return out;
  }
  out.host = percentDecoded(rest.substr(0, rest.find(':')));
  return out;
}

std::string key(std::string_view host) {
  const auto made = mail::domainKey(host);
  return made ? *made : lower(host);
}

// Dotted, as one number, octal or hexadecimal: all of them are addresses.
bool isNumeric(std::string_view host) {
  if (host.empty()) return false;
  if (host.front() == '[') return true;
  const auto last = host.substr(host.rfind('.') + 1);
  if (last.starts_with("0x")) return true;
  return !last.empty() && std::all_of(last.begin(), last.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

bool isIn(std::string_view host, std::string_view domain) {
  return host == domain ||
         (host.size() > domain.size() && host.ends_with(domain) &&
          host[host.size() - domain.size() - 1] == '.');
}

std::string_view withoutQuotes(std::string_view text) {
  constexpr std::string_view kAround = "\"'`<>()[]{}*.,;:! ";
  const auto first = text.find_first_not_of(kAround);
  if (first == kNone) return {};
  return text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

bool isHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// A name of which people would say that it is a site, and no file.
std::string asSite(std::string_view word, const LinkRules& rules) {
  const auto name = word.substr(0, word.find_first_of("/?#:"));
  if (name.find('.') == kNone || name.find('@') != kNone ||
      !std::all_of(name.begin(), name.end(), isHostCharacter))
    return {};
  if (!promisedGroup(extensionOf(lower(name))).empty() &&
      name.size() == word.size() && !startsWithIgnoringCase(word, "www."))
    return {};
  std::string host = key(name);
  return rules.registrable(host).empty() ? std::string() : host;
}

// In one line, its words a blank apart, and nothing between its letters that
// has no width.
std::string asReadersSee(std::string_view text) {
  std::string plain = plainCharacters(text);
  for (char& c : plain)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return std::string(trim(plain));
}

// The site that a text names: an URL anywhere in it, or a name that is all of
// it.
std::string shownSite(std::string_view text, const LinkRules& rules) {
  const std::string plain = asReadersSee(text);
  for (const auto piece : split(plain, ' ')) {
    const auto word = withoutQuotes(piece);
    const bool url = startsWithIgnoringCase(word, "http://") ||
                     startsWithIgnoringCase(word, "https://") ||
                     startsWithIgnoringCase(word, "ftp://");
    if (url) return hostOf(word);
    if (startsWithIgnoringCase(word, "www.")) return asSite(word, rules);
  }
  if (plain.find(' ') != std::string::npos) return {};
  return asSite(withoutQuotes(plain), rules);
}

enum Script : unsigned { kLatin = 1, kGreek = 2, kCyrillic = 4 };

// Letters of more than one of the scripts that look alike.
bool mixesScripts(std::string_view label) {
  if (mail::isAscii(label) || !mail::isValidUtf8(label)) return false;
  unsigned scripts = 0;
  while (!label.empty()) {
    const auto c = mail::takeCharacter(label);
    if ((c >= 'a' && c <= 'z') || (c >= 0xc0 && c <= 0x24f)) scripts |= kLatin;
    if (c >= 0x370 && c <= 0x3ff) scripts |= kGreek;
    if (c >= 0x400 && c <= 0x52f) scripts |= kCyrillic;
  }
  return (scripts & (scripts - 1)) != 0;
}

bool hasMixedLabel(std::string_view host) {
  const auto shown = mail::domainShown(host);
  const auto labels = split(shown, '.');
  return std::any_of(labels.begin(), labels.end(), mixesScripts);
}

// "mailto:" that shows one address and writes to another domain.
LinkJudgement judgeMailto(std::string_view text, std::string_view href) {
  LinkJudgement out;
  const auto address = [](std::string_view from) {
    const auto word = withoutQuotes(trim(from));
    return word.substr(0, word.find_first_of("? "));
  };
  const auto shown = address(text);
  const std::string target = percentDecoded(address(href.substr(7)));
  const auto at = shown.rfind('@');
  const auto to = target.rfind('@');
  if (at == kNone || to == std::string::npos) return out;
  out.shown = key(shown.substr(at + 1));
  out.target = key(std::string_view(target).substr(to + 1));
  out.suspicious = out.shown != out.target;
  if (out.suspicious) out.why = "shows another address than it writes to";
  return out;
}

}  // namespace

std::string hostOf(std::string_view url) {
  const auto authority = authorityOf(url);
  return authority ? key(authority->host) : std::string();
}

bool isScriptUrl(std::string_view url) {
  std::string scheme;
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ') continue;
    if (c == ':') break;
    if (scheme.size() > 12) return false;
    scheme += c;
  }
  scheme = lower(scheme);
  return scheme == "javascript" || scheme == "vbscript" ||
         scheme == "livescript" || scheme == "mocha" || scheme == "data";
}

LinkJudgement judgeLink(std::string_view text,
                        std::string_view href,
                        const LinkRules& rules) {
  if (startsWithIgnoringCase(trim(href), "mailto:"))
    return judgeMailto(text, trim(href));
  LinkJudgement out;
  const auto authority = authorityOf(href);
  if (!authority) return out;
  out.target = key(authority->host);
  const bool safe = std::any_of(
      rules.safeHosts.begin(), rules.safeHosts.end(), [&](const auto& host) {
        return isIn(out.target, host);
      });
  if (safe) return out;
  out.shown = shownSite(text, rules);
  const std::string registrable = rules.registrable(out.target);
  if (!out.shown.empty() && out.shown != out.target &&
      (registrable.empty() || rules.registrable(out.shown) != registrable))
    out.why = "shows another site than it leads to";
  else if (authority->user.find('.') != std::string::npos)
    out.why = "hides its host behind a user name";
  else if (isNumeric(out.target) && out.shown != out.target)
    out.why = "leads to a bare address";
  else if (hasMixedLabel(out.target))
    out.why = "leads to a name that mixes scripts";
  out.suspicious = !out.why.empty();
  return out;
}

}  // namespace mailreeve::content
