#include "core/mail/html_scan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

constexpr auto kNone = std::string_view::npos;

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

bool endsTagName(char c) {
  return isBlank(c) || c == '/' || c == '>';
}

bool holdsRawText(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames = {"script",
                                                      "style",
                                                      "textarea",
                                                      "title",
                                                      "xmp",
                                                      "iframe",
                                                      "noembed",
                                                      "noframes"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Where the tag whose attributes begin at `at` ends, quotes respected; behind
// the '>'.
std::size_t tagEnd(std::string_view html, std::size_t at) {
  char quote = '\0';
  char before = ' ';  // The last character that is not blank.
  for (; at < html.size(); ++at) {
    const char c = html[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '>') {
      return at + 1;
    } else if ((c == '"' || c == '\'') && before == '=') {
      quote = c;
    }
    if (!isBlank(c)) before = c;
  }
  return kNone;
}

}  // namespace

std::string_view HtmlToken::attribute(std::string_view attributeName) const {
  if (kind != Kind::Open) return {};
  std::string_view rest = source.substr(1 + name.size());
  if (!rest.empty() && rest.back() == '>') rest.remove_suffix(1);
  for (;;) {
    const auto from = std::find_if(rest.begin(), rest.end(), [](char c) {
      return !isBlank(c) && c != '/';
    });
    rest.remove_prefix(static_cast<std::size_t>(from - rest.begin()));
    if (rest.empty()) return {};
    const auto nameEnd =
        std::min(rest.find_first_of(" \t\r\n\f=/", 1), rest.size());
    const auto found = rest.substr(0, nameEnd);
    rest.remove_prefix(nameEnd);
    const auto next = rest.find_first_not_of(" \t\r\n\f");
    std::string_view value;
    if (next != kNone && rest[next] == '=') {
      rest.remove_prefix(
          std::min(rest.find_first_not_of(" \t\r\n\f", next + 1), rest.size()));
      if (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) {
        const auto close = std::min(rest.find(rest[0], 1), rest.size());
        value = rest.substr(1, close - 1);
        rest.remove_prefix(std::min(close + 1, rest.size()));
      } else {
        value = rest.substr(0, rest.find_first_of(" \t\r\n\f"));
        rest.remove_prefix(value.size());
      }
    }
    if (equalsIgnoringCase(found, attributeName)) return value;
  }
}

bool HtmlScanner::next(HtmlToken& token) {
  token = {};
  token.begin = at_;
  if (at_ >= html_.size()) return false;
  if (!rawText_.empty())
    readRawText(token);
  else if (html_[at_] == '<')
    readMarkup(token);
  else
    readText(token);
  return true;
}

void HtmlScanner::finish(HtmlToken& token, std::size_t end) {
  if (end == kNone) {
    token.kind = HtmlToken::Kind::Broken;
    end = html_.size();
  }
  at_ = end;
  token.end = end;
  token.source = html_.substr(token.begin, end - token.begin);
}

void HtmlScanner::readText(HtmlToken& token) {
  token.kind = HtmlToken::Kind::Text;
  finish(token, std::min(html_.find('<', at_ + 1), html_.size()));
}

void HtmlScanner::readMarkup(HtmlToken& token) {
  const auto rest = html_.substr(at_);
  const char second = rest.size() > 1 ? rest[1] : '\0';
  token.kind = HtmlToken::Kind::Hidden;
  if (rest.substr(0, 4) == "<!--") {
    // HTML ends "<!-->" and "<!--->" at once.
    const auto close = html_.find("-->", at_ + 2);
    finish(token, close == kNone ? kNone : close + 3);
  } else if (second == '!' || second == '?') {
    const auto close = html_.find('>', at_);
    finish(token, close == kNone ? kNone : close + 1);
  } else if (second == '/' && rest.size() > 2 && isLetter(rest[2])) {
    token.kind = HtmlToken::Kind::Close;
    readTag(token, at_ + 2);
  } else if (isLetter(second)) {
    token.kind = HtmlToken::Kind::Open;
    readTag(token, at_ + 1);
    if (token.kind == HtmlToken::Kind::Open && holdsRawText(token.name))
      rawText_ = token.name;
  } else {
    readText(token);
  }
}

void HtmlScanner::readTag(HtmlToken& token, std::size_t nameBegin) {
  std::size_t nameEnd = nameBegin;
  while (nameEnd < html_.size() && !endsTagName(html_[nameEnd])) ++nameEnd;
  token.name = lower(html_.substr(nameBegin, nameEnd - nameBegin));
  finish(token, tagEnd(html_, nameEnd));
}

void HtmlScanner::readRawText(HtmlToken& token) {
  token.kind = HtmlToken::Kind::RawText;
  const std::string name = std::exchange(rawText_, {});
  std::size_t close = at_;
  for (;; ++close) {
    close = html_.find("</", close);
    if (close == kNone) break;
    const auto end = close + 2 + name.size();
    if (end < html_.size() && endsTagName(html_[end]) &&
        equalsIgnoringCase(html_.substr(close + 2, name.size()), name))
      break;
  }
  if (close == at_) {
    readMarkup(token);  // Nothing between the tags.
    return;
  }
  if (close == kNone) token.name = name;
  finish(token, close);
}

}  // namespace mailreeve::mail
