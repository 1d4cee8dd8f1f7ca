#include "core/content/html_threats.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <unordered_set>
#include <utility>

#include "core/base/text.h"
#include "core/content/file_name.h"
#include "core/content/style.h"
#include "core/content/web_bug.h"
#include "core/mail/charset.h"
#include "core/mail/html_scan.h"
#include "core/mail/html_text.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr int kRounds = 5;

bool isOneOf(std::string_view text,
             std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// gumbo reads UTF-8. Of other charsets the places of bytes matter, and ASCII.
std::string asciiOnly(std::string_view html) {
  std::string out(html);
  for (char& c : out)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return out;
}

bool has(std::string_view text, std::string_view what) {
  return text.find(what) != kNone;
}

bool stylesRun(const std::string& style) {
  return has(style, "expression(") || has(style, "javascript:") ||
         has(style, "-moz-binding") || has(style, "behavior:");
}

// A tag that is a threat whatever is in it.
std::optional<HtmlKind> kindOfTag(std::string_view tag) {
  if (isOneOf(tag, {"iframe", "frame", "frameset", "portal"}))
    return HtmlKind::Iframe;
  if (isOneOf(tag, {"form", "isindex"})) return HtmlKind::Form;
  if (tag == "script") return HtmlKind::Script;
  if (isOneOf(tag, {"object", "embed", "applet", "param", "xml", "layer"}))
    return HtmlKind::Object;
  if (isOneOf(tag, {"svg", "math"})) return HtmlKind::Svg;
  if (isOneOf(tag, {"base", "link"})) return HtmlKind::Base;
  return std::nullopt;
}

// What stands between its tags goes with it: nobody is meant to read it.
bool goesWhole(std::string_view tag) {
  return isOneOf(
      tag, {"script", "iframe", "svg", "math", "applet", "portal", "xml"});
}

bool isUrlAttribute(std::string_view name) {
  return isOneOf(name,
                 {"href",
                  "src",
                  "action",
                  "formaction",
                  "xlink:href",
                  "data",
                  "background",
                  "poster",
                  "lowsrc",
                  "dynsrc",
                  "to",
                  "from",
                  "values",
                  "srcdoc",
                  "codebase",
                  "classid",
                  "manifest"});
}

bool isHarmlessPicture(const HtmlElement& element,
                       const HtmlAttribute& attribute) {
  return (element.name == "img" || element.name == "image") &&
         (attribute.name == "src" || attribute.name == "background") &&
         startsWithIgnoringCase(trim(attribute.value), "data:image/") &&
         !startsWithIgnoringCase(trim(attribute.value), "data:image/svg");
}

bool isScriptAttribute(const HtmlElement& element,
                       const HtmlAttribute& attribute) {
  if (attribute.name.starts_with("on") && attribute.name.size() > 2)
    return true;
  if (attribute.name == "style") return stylesRun(styleKey(attribute.value));
  return isUrlAttribute(attribute.name) && isScriptUrl(attribute.value) &&
         !isHarmlessPicture(element, attribute);
}

std::size_t indexOf(HtmlKind kind) {
  return static_cast<std::size_t>(kind);
}

// Which places the threats cover, asked from left to right.
class Cover {
 public:
  explicit Cover(const std::vector<HtmlThreat>& threats) {
    for (const auto& threat : threats) ranges_.push_back(threat.range);
    std::sort(ranges_.begin(), ranges_.end(), [](const auto& a, const auto& b) {
      return a.begin < b.begin;
    });
  }

  [[nodiscard]] bool contains(std::size_t at) {
    for (; next_ < ranges_.size() && ranges_[next_].begin <= at; ++next_)
      end_ = std::max(end_, ranges_[next_].end);
    return at < end_;
  }

 private:
  std::vector<mail::Range> ranges_;
  std::size_t next_ = 0;
  std::size_t end_ = 0;
};

class Finder {
 public:
  Finder(std::string_view html, const LinkRules* links, HtmlLimits limits)
      : html_(html), links_(links), limits_(limits) {}

  // What stands in a conditional comment.
  [[nodiscard]] static Finder within(const HtmlComment& comment,
                                     HtmlLimits limits) {
    limits.time /= 2;
    Finder finder(comment.text, nullptr, limits);
    finder.inComment_ = true;
    return finder;
  }

  [[nodiscard]] Result<HtmlThreats> run() {
    auto document = readHtml(html_, limits_);
    if (!document) return std::move(document).error();
    const auto webBugs = webBugsIn(*document);
    for (std::size_t i = 0; i < document->elements.size(); ++i) {
      const auto& element = document->elements[i];
      judgeTag(element, webBugs[i]);
      for (const auto& attribute : element.attributes)
        if (isScriptAttribute(element, attribute))
          add(HtmlKind::Script, attribute.range, attribute.name);
      judgeLinkOf(element);
    }
    for (const auto& comment : document->comments) judgeComment(comment);
    judgeStrayTags(*document);
    return std::move(out_);
  }

 private:
  void add(HtmlKind kind, const mail::Range& range, std::string what) {
    if (range.size() == 0) return;
    out_.threats.push_back({kind, range, std::move(what)});
    seen_[indexOf(kind)] = true;
  }

  void addElement(HtmlKind kind, const HtmlElement& element) {
    const std::string what = "<" + printable(element.name) + ">";
    if (goesWhole(element.name) && element.start.size() > 0) {
      add(kind, {element.start.begin, element.end}, what);
      return;
    }
    add(kind, element.start, what);
    add(kind, element.close, what);
  }

  void judgeTag(const HtmlElement& element, bool webBug) {
    if (const auto kind = kindOfTag(element.name)) {
      addElement(*kind, element);
    } else if (element.name == "meta") {
      const auto* equiv = element.attribute("http-equiv");
      if (equiv != nullptr && equalsIgnoringCase(trim(*equiv), "refresh"))
        addElement(HtmlKind::Base, element);
    } else if (element.name == "style") {
      judgeStyle(element);
    } else if (webBug) {
      add(HtmlKind::WebBug, element.start, "web bug");
    }
  }

  void judgeStyle(const HtmlElement& element) {
    const std::string style = styleKey(element.text);
    const mail::Range whole{element.start.begin, element.end};
    if (element.start.size() == 0) return;
    if (stylesRun(style)) add(HtmlKind::Script, whole, "<style> that runs");
    if (has(style, "@import")) add(HtmlKind::Style, whole, "@import");
  }

  void judgeLinkOf(const HtmlElement& element) {
    if (links_ == nullptr || element.start.size() == 0 ||
        (element.name != "a" && element.name != "area"))
      return;
    const auto* href = element.attribute("href");
    if (href == nullptr) return;
    auto judgement = judgeLink(element.text, *href, *links_);
    if (judgement.suspicious)
      out_.links.push_back({element.start.begin, std::move(judgement)});
  }

  // Word processors read what others take for a comment.
  void judgeComment(const HtmlComment& comment) {
    if (!comment.text.starts_with("[if") || !has(comment.text, "<")) return;
    // One in another is nobody's; a thousand would take a thousand of us.
    if (inComment_) {
      add(HtmlKind::Object, comment.range, "nested conditional comments");
      return;
    }
    auto inside = within(comment, limits_).run();
    if (!inside)
      add(HtmlKind::Object, comment.range, "conditional comment");
    else if (!inside->threats.empty())
      add(inside->threats.front().kind,
          comment.range,
          "conditional comment with " + inside->threats.front().what);
  }

  // Tags that the parser drops where they stand; another one may not.
  void judgeStrayTags(const HtmlDocument& document) {
    std::unordered_set<std::size_t> known;
    for (const auto& element : document.elements)
      known.insert(element.start.begin);
    for (const auto& comment : document.comments)
      for (auto at = comment.range.begin; at < comment.range.end; ++at)
        if (html_[at] == '<') known.insert(at);
    Cover cover(out_.threats);
    mail::HtmlScanner scanner(html_);
    for (mail::HtmlToken token; scanner.next(token);) {
      if (known.contains(token.begin) || cover.contains(token.begin)) continue;
      if (token.kind == mail::HtmlToken::Kind::Close) judgeStrayClose(token);
      if (token.kind != mail::HtmlToken::Kind::Open) continue;
      const std::string source = lower(token.source);
      if (const auto kind = kindOfTag(token.name))
        add(*kind, {token.begin, token.end}, "<" + printable(token.name) + ">");
      else if (has(source, "javascript:") || has(source, " on"))
        add(HtmlKind::Script, {token.begin, token.end}, "a tag out of place");
    }
  }

  // By itself it does nothing; with its start tag it goes.
  void judgeStrayClose(const mail::HtmlToken& token) {
    const auto kind = kindOfTag(token.name);
    if (kind && !goesWhole(token.name) && seen_[indexOf(*kind)])
      add(*kind, {token.begin, token.end}, "</" + printable(token.name) + ">");
  }

  std::string_view html_;
  const LinkRules* links_;
  HtmlLimits limits_;
  bool inComment_ = false;
  HtmlThreats out_;
  std::array<bool, kHtmlKinds> seen_{};
};

std::string without(std::string_view html, std::vector<mail::Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return a.begin < b.begin;
  });
  std::string out;
  std::size_t at = 0;
  for (const auto& range : ranges) {
    if (range.begin > at) out += html.substr(at, range.begin - at);
    at = std::max(at, range.end);
  }
  return out += html.substr(std::min(at, html.size()));
}

std::string warning(const LinkJudgement& link) {
  std::string text = "[Warning: this link " + link.why;
  if (!link.shown.empty()) text += ", shown: " + nameForReply(link.shown);
  text += ", leads to: " + nameForReply(link.target) + "]";
  return "<b>" + mail::escapeHtml(text) + "</b> ";
}

// Not where an earlier host, or an earlier run, has already written it.
Disarmed marked(std::string_view html, const HtmlThreats& threats) {
  Disarmed out;
  std::size_t at = 0;
  for (const auto& link : threats.links) {
    if (link.at < at) continue;
    const std::string text = warning(link.judgement);
    out.html += html.substr(at, link.at - at);
    at = link.at;
    if (html.substr(0, at).ends_with(text)) continue;
    out.html += text;
    out.marked += 1;
  }
  out.html += html.substr(at);
  return out;
}

}  // namespace

std::string_view name(HtmlKind kind) {
  switch (kind) {
    case HtmlKind::Iframe:
      return "iframe";
    case HtmlKind::Form:
      return "form";
    case HtmlKind::Script:
      return "script";
    case HtmlKind::Object:
      return "object";
    case HtmlKind::WebBug:
      return "web bug";
    case HtmlKind::Svg:
      return "svg";
    case HtmlKind::Base:
      return "base";
    case HtmlKind::Style:
      return "style";
  }
  return "unknown";
}

Result<HtmlThreats> findThreats(std::string_view html,
                                const LinkRules* links,
                                const HtmlLimits& limits) {
  if (mail::isValidUtf8(html)) return Finder(html, links, limits).run();
  const std::string masked = asciiOnly(html);
  return Finder(masked, links, limits).run();
}

Result<Disarmed> disarm(std::string_view html,
                        const Disarm& how,
                        const HtmlLimits& limits) {
  std::string text(html);
  std::size_t cut = 0;
  const auto end = std::chrono::steady_clock::now() + limits.time;
  for (int round = 0; round < kRounds; ++round) {
    HtmlLimits left = limits;
    left.time = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    auto found = findThreats(text, how.mark, left);
    if (!found) return std::move(found).error();
    std::vector<mail::Range> ranges;
    for (const auto& threat : found->threats)
      if (how.cut[indexOf(threat.kind)]) ranges.push_back(threat.range);
    if (ranges.empty()) {
      if (found->links.empty()) return Disarmed{std::move(text), cut, 0};
      std::sort(found->links.begin(),
                found->links.end(),
                [](const auto& a, const auto& b) { return a.at < b.at; });
      auto out = marked(text, *found);
      out.cut = cut;
      return out;
    }
    cut += ranges.size();
    text = without(text, std::move(ranges));
  }
  return Error{ErrorCode::Invalid, "HTML that cannot be made harmless"};
}

std::string withoutHidden(std::string_view html, const HtmlLimits& limits) {
  const std::string masked =
      mail::isValidUtf8(html) ? std::string() : asciiOnly(html);
  const auto document = readHtml(masked.empty() ? html : masked, limits);
  if (!document) return std::string(html);
  std::vector<mail::Range> ranges;
  for (const auto& element : document->elements) {
    const auto* style = element.attribute("style");
    const bool hidden = element.attribute("hidden") != nullptr ||
                        (style != nullptr && hides(styleKey(*style)));
    if (hidden && element.start.size() > 0 && element.name != "body" &&
        element.name != "html")
      ranges.push_back({element.start.begin, element.end});
  }
  return without(html, std::move(ranges));
}

}  // namespace mailreeve::content
