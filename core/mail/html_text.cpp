#include "core/mail/html_text.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/mail/html_entity.h"
#include "core/mail/html_quote.h"
#include "core/mail/html_scan.h"

namespace mailreeve::mail {

namespace {

template <std::size_t N>
bool isOneOf(std::string_view name,
             const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool isBlock(std::string_view name) {
  constexpr std::array<std::string_view, 24> kNames = {
      "address", "article", "blockquote", "body",   "center", "dd",
      "div",     "dl",      "dt",         "footer", "h1",     "h2",
      "h3",      "h4",      "h5",         "h6",     "header", "hr",
      "li",      "ol",      "section",    "table",  "tr",     "ul"};
  return isOneOf(name, kNames);
}

bool isParagraph(std::string_view name) {
  return name == "p" || name == "pre";
}

// Collects visible text: blanks run together, block elements begin lines.
class TextWriter {
 public:
  void text(std::string_view decoded) {
    for (const char c : decoded) {
      if (c == '\n' && preformatted_ > 0)
        line();
      else if ((c == ' ' || c == '\t' || c == '\r' || c == '\n') &&
               preformatted_ == 0)
        blank_ = true;
      else if (c != '\r')
        put(c);
    }
  }

  // At the start of a line from here on.
  void freshLine() {
    blank_ = false;
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
  }

  void line() {
    blank_ = false;
    out_ += '\n';
  }

  void paragraph() {
    freshLine();
    if (!out_.empty() && !endsWith("\n\n")) out_ += '\n';
  }

  // Behind the last word since `at`; where there is none, here.
  void mark(std::size_t at, std::string_view text) {
    constexpr std::size_t kMostLines = 4;  // Who looks far looks often.
    std::size_t end = out_.size();
    while (end > at && out_.size() - end < kMostLines && out_[end - 1] == '\n')
      --end;
    if (end <= at || out_[end - 1] == '\n') return this->text(text);
    out_.insert(end, " " + std::string(text));
  }

  void preformat(bool begin) {
    if (begin)
      ++preformatted_;
    else if (preformatted_ > 0)
      --preformatted_;
  }

  [[nodiscard]] std::size_t size() const { return out_.size(); }

  [[nodiscard]] std::string_view since(std::size_t at) const {
    return std::string_view(out_).substr(std::min(at, out_.size()));
  }

  [[nodiscard]] std::string take() && { return std::string(trim(out_)); }

 private:
  [[nodiscard]] bool endsWith(std::string_view end) const {
    return out_.size() >= end.size() &&
           std::string_view(out_).substr(out_.size() - end.size()) == end;
  }

  void put(char c) {
    if (blank_ && !out_.empty() && out_.back() != '\n') out_ += ' ';
    blank_ = false;
    out_ += c;
  }

  std::string out_;
  bool blank_ = false;
  int preformatted_ = 0;
};

class TextReader {
 public:
  explicit TextReader(const HtmlTextOptions& options) : options_(options) {}

  [[nodiscard]] std::string read(std::string_view html) {
    HtmlScanner scanner(html);
    HtmlQuote quotes;
    for (HtmlToken token; scanner.next(token);) {
      quotes.feed(token);
      if (options_.quotes || !quotes.quoted()) take(token);
    }
    closeLink();
    return std::move(writer_).take() + list();
  }

 private:
  void take(const HtmlToken& token) {
    using Kind = HtmlToken::Kind;
    if (token.kind == Kind::Text)
      writer_.text(decodeEntities(token.source));
    else if (token.kind == Kind::Open)
      open(token);
    else if (token.kind == Kind::Close)
      close(token.name);
  }

  void open(const HtmlToken& tag) {
    if (tag.name == "br") writer_.line();
    if (isParagraph(tag.name)) writer_.paragraph();
    if (isBlock(tag.name)) writer_.freshLine();
    if (tag.name == "pre") writer_.preformat(true);
    if (tag.name == "hr") writer_.text("----------");
    if (tag.name == "li") writer_.text("* ");
    if (tag.name == "td" || tag.name == "th") writer_.text(" ");
    if (tag.name == "img") writer_.text(decodeEntities(tag.attribute("alt")));
    if (tag.name == "a") {
      closeLink();  // There are no links in links.
      link_ = decodeEntities(trim(tag.attribute("href")));
      linkBegin_ = writer_.size();
    }
  }

  void close(std::string_view name) {
    if (name == "pre") writer_.preformat(false);
    if (isParagraph(name)) writer_.paragraph();
    if (isBlock(name)) writer_.freshLine();
    if (name == "a") closeLink();
  }

  void closeLink() {
    const std::string link = std::exchange(link_, {});
    if (link.empty() || link.front() == '#') return;
    if (options_.links == HtmlLinks::Inline) {
      const bool told =
          contains(writer_.since(linkBegin_), withoutScheme(link));
      if (!told) writer_.text(" (" + link + ")");
    } else if (options_.links == HtmlLinks::Numbered) {
      number(asOneWord(link));
    }
  }

  // Not what shows exactly where it leads.
  void number(const std::string& link) {
    const auto shown = trim(writer_.since(linkBegin_));
    if (runs(link) || withoutScheme(shown) == withoutScheme(link)) return;
    const auto known = numbers_.emplace(link, numbers_.size() + 1);
    if (known.second) targets_.push_back(link);
    writer_.mark(linkBegin_, "[" + std::to_string(known.first->second) + "]");
  }

  [[nodiscard]] std::string list() const {
    std::string out;
    for (std::size_t i = 0; i < targets_.size(); ++i)
      out += (i == 0 ? "\n\n[" : "\n[") + std::to_string(i + 1) + "] " +
             targets_[i];
    return out;
  }

  // Browsers drop line ends; nothing in a target may begin another line of the
  // list, or end its own.
  static std::string asOneWord(std::string_view link) {
    std::string out;
    for (const char c : link) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte == ' ')
        out += "%20";
      else if (byte > ' ' && byte != 0x7f)
        out += c;
    }
    return out;
  }

  static bool runs(std::string_view link) {
    constexpr std::array<std::string_view, 3> kSchemes = {
        "javascript:", "vbscript:", "data:"};
    return std::any_of(kSchemes.begin(), kSchemes.end(), [&](const auto& s) {
      return startsWithIgnoringCase(link, s);
    });
  }

  static std::string_view withoutScheme(std::string_view link) {
    for (const std::string_view scheme : {"https://", "http://", "mailto:"})
      if (startsWithIgnoringCase(link, scheme))
        link.remove_prefix(scheme.size());
    if (!link.empty() && link.back() == '/') link.remove_suffix(1);
    return link;
  }

  HtmlTextOptions options_;
  TextWriter writer_;
  std::string link_;
  std::size_t linkBegin_ = 0;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::string> targets_;  // By number.
};

}  // namespace

std::string htmlToText(std::string_view html, const HtmlTextOptions& options) {
  return TextReader(options).read(html);
}

std::string escapeHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string textToHtml(std::string_view text) {
  std::string html = escapeHtml(text);
  html = replaceAll(std::move(html), "\r\n", "\n");
  html = replaceAll(std::move(html), "  ", " &nbsp;");
  return replaceAll(std::move(html), "\n", "<br>\n");
}

std::string asciiHtml(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  while (!html.empty()) {
    const std::uint32_t character = takeCharacter(html);
    if (character < 0x80)
      out += static_cast<char>(character);
    else
      out += "&#" + std::to_string(character) + ";";
  }
  return out;
}

std::string foldHtml(std::string_view html, std::size_t width) {
  std::string out;
  for (const auto whole : split(html, '\n')) {
    auto line = whole;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!out.empty() || whole.data() != html.data()) out += "\r\n";
    while (line.size() > width) {
      auto blank = line.rfind(' ', width);
      if (blank == std::string_view::npos || blank == 0)
        blank = line.find(' ', width);
      if (blank == std::string_view::npos) break;
      out += line.substr(0, blank);
      out += "\r\n";
      line.remove_prefix(blank + 1);
    }
    out += line;
  }
  return out;
}

std::string_view htmlBody(std::string_view html) {
  std::size_t begin = std::string_view::npos;
  std::size_t end = html.size();
  HtmlScanner scanner(html);
  for (HtmlToken token; scanner.next(token);) {
    if (token.name != "body") continue;
    if (token.kind == HtmlToken::Kind::Open) begin = token.end;
    if (token.kind == HtmlToken::Kind::Close) end = token.begin;
  }
  if (begin == std::string_view::npos || begin > end) return html;
  return html.substr(begin, end - begin);
}

}  // namespace mailreeve::mail
