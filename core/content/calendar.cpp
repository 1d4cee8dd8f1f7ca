#include "core/content/calendar.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "core/base/text.h"
#include "core/content/file_name.h"
#include "core/mail/html_text.h"
#include "core/mail/percent.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::string_view kBlank = " \t\r\n";

// RFC 5545 section 3.1: a line that begins with a blank goes on with the one
// before.
std::string unfolded(std::string_view calendar) {
  std::string out;
  out.reserve(calendar.size());
  for (std::size_t i = 0; i < calendar.size(); ++i) {
    const auto end = calendar.substr(i, 2) == "\r\n" ? i + 1 : i;
    const bool folded = calendar[end] == '\n' && end + 1 < calendar.size() &&
                        (calendar[end + 1] == ' ' || calendar[end + 1] == '\t');
    if (folded)
      i = end + 1;
    else
      out += calendar[i];
  }
  return out;
}

// Section 3.3.11.
std::string unescaped(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool escape = value[i] == '\\' && i + 1 < value.size();
    if (escape) ++i;
    out += escape && (value[i] == 'n' || value[i] == 'N') ? '\n' : value[i];
  }
  return out;
}

// One line: NAME;PARAMETER=value;PARAMETER="value":value.
struct Property {
  std::string_view name;
  std::string_view parameters;
  std::string_view value;
};

Property propertyOf(std::string_view line) {
  Property out;
  const auto name = line.find_first_of(";:");
  if (name == kNone) return out;
  out.name = line.substr(0, name);
  bool quoted = false;
  for (auto at = name; at < line.size(); ++at) {
    if (line[at] == '"') quoted = !quoted;
    if (line[at] != ':' || quoted) continue;
    out.parameters = line.substr(name, at - name);
    out.value = line.substr(at + 1);
    break;
  }
  return out;
}

bool isShown(std::string_view name) {
  constexpr std::array<std::string_view, 5> kShown = {
      "SUMMARY", "LOCATION", "DESCRIPTION", "COMMENT", "X-ALT-DESC"};
  return std::any_of(kShown.begin(), kShown.end(), [name](const auto& each) {
    return equalsIgnoringCase(name, each);
  });
}

// What stands behind the type of a data: URL (RFC 2397).
std::string dataOf(std::string_view url) {
  const auto comma = url.find(',');
  if (comma == kNone) return {};
  const auto bytes = mail::decodeMarked(url.substr(comma + 1), '%');
  const bool base64 =
      lower(url.substr(0, comma)).find(";base64") != std::string::npos;
  return base64 ? mail::decodeTransfer(bytes, mail::Encoding::Base64) : bytes;
}

// ALTREP="data:text/html,...": what some programs show instead.
std::string alternative(std::string_view parameters) {
  constexpr std::string_view kBegin = "altrep=\"data:text/html";
  const auto begin = lower(parameters).find(kBegin);
  if (begin == std::string::npos) return {};
  const auto data = parameters.substr(begin + kBegin.size());
  return dataOf(data.substr(0, data.find('"')));
}

// ";A=b;C="d;e"": what each parameter is called, and its value without quotes.
std::vector<std::pair<std::string, std::string>> parametersOf(
    std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string one;
  bool quoted = false;
  const auto end = [&out, &one] {
    if (const auto equals = one.find('='); equals != std::string::npos)
      out.emplace_back(lower(trim(one.substr(0, equals))),
                       one.substr(equals + 1));
    one.clear();
  };
  for (const char c : text) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ';' && !quoted)
      end();
    else
      one += c;
  }
  end();
  return out;
}

// Nothing: it stands elsewhere.
std::optional<CalendarFile> fileOf(const Property& property) {
  constexpr std::string_view kData = "data:";
  CalendarFile file;
  bool inside = false;
  for (auto& [name, value] : parametersOf(property.parameters)) {
    // FILENAME (RFC 8607), and what came before it: X-FILENAME and its like.
    if (name.ends_with("filename")) file.names.push_back(std::move(value));
    inside = inside ||
             (name == "encoding" && startsWithIgnoringCase(value, "b")) ||
             (name == "value" && equalsIgnoringCase(value, "binary"));
  }
  const auto value = trim(property.value);
  if (startsWithIgnoringCase(value, kData))
    file.content = dataOf(value.substr(kData.size()));
  else if (inside)
    file.content = mail::decodeTransfer(value, mail::Encoding::Base64);
  else
    return std::nullopt;
  return file;
}

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether there is a tag: "<https://..." is none.
bool hasTag(std::string_view text) {
  for (auto at = text.find('<'); at != kNone; at = text.find('<', at + 1)) {
    auto end = at + 1;
    if (end < text.size() && (text[end] == '/' || text[end] == '!')) ++end;
    const auto name = end;
    while (end < text.size() && isLetter(text[end])) ++end;
    if (end > name && end < text.size() &&
        std::string_view(" \t\r\n/>-0123456789").find(text[end]) != kNone)
      return true;
  }
  return false;
}

class Texts {
 public:
  void add(std::string text, bool html) {
    if (trim(text).empty()) return;
    if (seen_.insert((html ? "h" : "t") + text).second)
      out_.push_back({std::move(text), html});
  }

  [[nodiscard]] std::vector<CalendarText> take() && { return std::move(out_); }

 private:
  std::unordered_set<std::string> seen_;
  std::vector<CalendarText> out_;
};

// Where the next address of a site begins.
std::size_t findAddress(std::string_view text, std::size_t from) {
  for (auto at = text.find("://", from); at != kNone;
       at = text.find("://", at + 1)) {
    auto begin = at;
    while (begin > from && isLetter(text[begin - 1]) && at - begin < 5) --begin;
    const auto scheme = lower(text.substr(begin, at - begin));
    for (const std::string_view known : {"https", "http", "ftp"})
      if (scheme.ends_with(known)) return at - known.size();
  }
  return kNone;
}

}  // namespace

std::vector<CalendarText> calendarTexts(std::string_view calendar) {
  const std::string lines = unfolded(calendar);
  Texts texts;
  for (auto line : split(lines, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto property = propertyOf(line);
    if (!isShown(property.name)) continue;
    auto text = unescaped(property.value);
    const bool html =
        equalsIgnoringCase(property.name, "X-ALT-DESC") || hasTag(text);
    if (html) texts.add(text, true);
    texts.add(std::move(text), false);
    texts.add(alternative(property.parameters), true);
  }
  return std::move(texts).take();
}

bool isInvitation(const mail::MimeNode& node) {
  return node.isLeaf() &&
         (node.type == "text/calendar" || node.type == "application/ics" ||
          std::any_of(
              node.names.begin(), node.names.end(), [](const auto& name) {
                return nameKey(name).ends_with(".ics");
              }));
}

bool beginsAsCalendar(std::string_view bytes) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (bytes.starts_with(kMark)) bytes.remove_prefix(kMark.size());
  constexpr std::string_view kBegin = "BEGIN:VCALENDAR";
  bytes.remove_prefix(std::min(bytes.find_first_not_of(kBlank), bytes.size()));
  return startsWithIgnoringCase(bytes, kBegin);
}

std::vector<CalendarFile> calendarFiles(std::string_view calendar) {
  std::vector<CalendarFile> files;
  const std::string lines = unfolded(calendar);
  for (auto line : split(lines, '\n')) {
    const auto property = propertyOf(trim(line));
    if (!equalsIgnoringCase(property.name, "ATTACH")) continue;
    if (auto file = fileOf(property)) files.push_back(*std::move(file));
    if (files.size() == kMaxCalendarFiles) break;
  }
  return files;
}

std::string calendarHtml(const CalendarText& text) {
  if (text.html) return text.text;
  const std::string_view all = text.text;
  std::string out;
  std::size_t behind = 0;  // The last link.
  for (auto at = findAddress(all, 0); at != kNone;
       at = findAddress(all, behind)) {
    const auto end = std::min(all.find_first_of(" \t\r\n<>\"", at), all.size());
    const auto address = all.substr(at, end - at);
    std::string_view shown = address;
    if (at > behind && all[at - 1] == '<') {
      shown = all.substr(behind, at - 1 - behind);
      const auto last = shown.find_last_not_of(kBlank);
      shown = shown.substr(0, last == kNone ? 0 : last + 1);
      shown = trim(shown.substr(shown.rfind('\n') + 1));
    }
    out += "<a href=\"" + mail::escapeHtml(address) + "\">" +
           mail::escapeHtml(shown) + "</a>\n";
    behind = end < all.size() && all[end] == '>' ? end + 1 : end;
  }
  return out;
}

}  // namespace mailreeve::content
