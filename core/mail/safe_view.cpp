#include "core/mail/safe_view.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"
#include "core/mail/header_text.h"
#include "core/mail/html_scan.h"
#include "core/mail/html_text.h"
#include "core/mail/leaf_text.h"
#include "core/mail/mime_tree.h"

namespace mailreeve::mail {

namespace {

constexpr std::size_t kPartsShown = 100;
constexpr std::size_t kFieldShown = 2000;
constexpr std::size_t kLinkShown = 500;
constexpr const char* kCut = "[the rest is not shown]";

constexpr std::array kFields = {"From", "To", "Cc", "Date", "Subject"};

// What lays text out and does nothing else.
constexpr std::array<std::string_view, 34> kElements = {
    "b",     "blockquote", "br", "center", "code", "dd",  "del",
    "div",   "dl",         "dt", "em",     "h1",   "h2",  "h3",
    "h4",    "h5",         "h6", "hr",     "i",    "li",  "ol",
    "p",     "pre",        "s",  "strong", "sub",  "sup", "table",
    "tbody", "td",         "th", "thead",  "tr",   "ul"};

struct Shown {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string text;  // UTF-8; empty: there was none.
  std::string html;  // The same, if the message has it.
  std::vector<std::string> parts;
  bool cut = false;
};

bool isAttachment(const MimeNode& node) {
  return node.disposition == "attachment" || !node.filename.empty();
}

std::string utf8Of(const MimeNode& node,
                   std::string_view message,
                   const SafeViewLimits& limits,
                   bool& cut) {
  // Encoded, a byte takes three at most.
  MimeNode some = node;
  some.body.end = std::min(some.body.end, some.body.begin + 3 * limits.bytes);
  std::string bytes = decode(some, message);
  cut = cut || some.body.end != node.body.end || bytes.size() > limits.bytes;
  if (bytes.size() > limits.bytes) bytes.resize(limits.bytes);
  return textInUtf8(node, bytes);
}

Shown look(std::string_view message, const SafeViewLimits& limits) {
  Shown shown;
  const auto tree = MimeTree::parse(message);
  for (const char* name : kFields)
    if (const auto value = fieldValue(message, tree.root().headers, name))
      shown.fields.emplace_back(
          name,
          readableHeader(std::string_view(*value).substr(0, kFieldShown)));
  for (const auto& node : tree.nodes()) {
    if (!node.isLeaf()) continue;
    const bool body = !isAttachment(node);
    if (body && node.type == "text/plain" && shown.text.empty())
      shown.text = utf8Of(node, message, limits, shown.cut);
    else if (body && isHtml(node) && shown.html.empty())
      shown.html = utf8Of(node, message, limits, shown.cut);
    else if (shown.parts.size() < kPartsShown)
      shown.parts.push_back(
          printable(node.type) +
          (node.filename.empty() ? ""
                                 : " \"" + printable(node.filename) + "\"") +
          ", " + std::to_string(decodedSize(node, message)) + " bytes");
  }
  return shown;
}

// Line ends and tabs stay; all else that a terminal would obey goes.
std::string calm(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n\t"), text.size());
    out += printable(text.substr(0, end));
    if (end < text.size() && text[end] != '\r') out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool isAllowed(const std::string& name) {
  return std::find(kElements.begin(), kElements.end(), name) != kElements.end();
}

// Text of HTML: entities stay, what could begin a tag does not.
std::string textOnly(std::string_view source) {
  std::string out;
  for (const char c : source) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c != '\0')
      out += c;
  }
  return out;
}

// An attribute's value: entities in it stay what they are.
std::string quoted(std::string_view value) {
  return replaceAll(
      textOnly(calm(value.substr(0, kLinkShown))), "\"", "&quot;");
}

std::string calmHtml(std::string_view html) {
  std::string out;
  std::string link;
  HtmlScanner scanner(html);
  for (HtmlToken token; scanner.next(token);) {
    using Kind = HtmlToken::Kind;
    if (token.kind == Kind::Text) {
      out += textOnly(calm(token.source));
    } else if (token.kind == Kind::Open && isAllowed(token.name)) {
      out += "<" + token.name + ">";
    } else if (token.kind == Kind::Close && isAllowed(token.name)) {
      out += "</" + token.name + ">";
    } else if (token.kind == Kind::Open && token.name == "a") {
      link = quoted(token.attribute("href"));
    } else if (token.kind == Kind::Close && token.name == "a") {
      if (!link.empty()) out += " [" + link + "]";
      link.clear();
    } else if (token.kind == Kind::Open && token.name == "img") {
      out += "[picture: " + quoted(token.attribute("alt")) + "]";
    }
  }
  return out;
}

constexpr const char* kPageHead =
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<title>Message in quarantine</title>\n"
    "<style>body{font-family:sans-serif;margin:1em}"
    "pre{white-space:pre-wrap}th{text-align:left}</style></head><body>\n";

}  // namespace

std::string safeText(std::string_view message, const SafeViewLimits& limits) {
  const auto shown = look(message, limits);
  std::string out;
  for (const auto& [name, value] : shown.fields)
    out += name + ": " + calm(value) + "\n";
  const std::string text =
      shown.text.empty() ? htmlToText(shown.html) : shown.text;
  out += "\n" + calm(text);
  if (!out.ends_with('\n')) out += '\n';
  if (shown.cut) out += std::string(kCut) + "\n";
  if (!shown.parts.empty()) out += "\nFurther parts:\n";
  for (const auto& part : shown.parts) out += "  " + calm(part) + "\n";
  return out;
}

std::string safeHtml(std::string_view message, const SafeViewLimits& limits) {
  const auto shown = look(message, limits);
  std::string out = kPageHead;
  out += "<table>\n";
  for (const auto& [name, value] : shown.fields)
    out += "<tr><th>" + name + "</th><td>" + escapeHtml(calm(value)) +
           "</td></tr>\n";
  out += "</table>\n<hr>\n";
  out += shown.html.empty() ? "<pre>" + escapeHtml(calm(shown.text)) + "</pre>"
                            : "<div>" + calmHtml(shown.html) + "</div>";
  if (shown.cut) out += "<p>" + std::string(kCut) + "</p>";
  if (!shown.parts.empty()) out += "\n<hr>\n<ul>\n";
  for (const auto& part : shown.parts)
    out += "<li>" + escapeHtml(calm(part)) + "</li>\n";
  if (!shown.parts.empty()) out += "</ul>\n";
  return out + "\n</body></html>\n";
}

}  // namespace mailreeve::mail
