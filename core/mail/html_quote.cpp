#include "core/mail/html_quote.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Outlook draws a line above the quoted header; the colours are those of its
// releases.
bool isOutlookLine(std::string_view style) {
  const std::string text = replaceAll(lower(style), " ", "");
  return holds(text, "border-top:solid#e1e1e1") ||
         holds(text, "border-top:solid#b5c4df");
}

bool isSeparator(const HtmlToken& tag) {
  constexpr std::array<std::string_view, 4> kIds = {
      "divrplyfwdmsg",
      "appendonsend",
      "reply-intro",
      "mail-editor-reference-message-container"};
  constexpr std::array<std::string_view, 5> kClasses = {"gmail_quote",
                                                        "yahoo_quoted",
                                                        "moz-cite-prefix",
                                                        "protonmail_quote",
                                                        "zmail_extra"};
  const std::string id = lower(tag.attribute("id"));
  const std::string classes = lower(tag.attribute("class"));
  return std::any_of(
             kIds.begin(), kIds.end(), [&](auto x) { return id == x; }) ||
         std::any_of(kClasses.begin(),
                     kClasses.end(),
                     [&](auto x) { return holds(classes, x); }) ||
         isOutlookLine(tag.attribute("style"));
}

bool isQuotingBlock(const HtmlToken& tag) {
  return equalsIgnoringCase(tag.attribute("type"), "cite") ||
         !tag.attribute("cite").empty() ||
         holds(lower(tag.attribute("style")), "border-left");
}

bool hasVisibleText(std::string_view text) {
  const std::string without = replaceAll(lower(text), "&nbsp;", "");
  return !trim(without).empty();
}

}  // namespace

void HtmlQuote::feed(const HtmlToken& token) {
  using Kind = HtmlToken::Kind;
  const bool block = token.name == "blockquote";
  if (token.kind == Kind::Open) {
    if (isSeparator(token)) separated_ = begun_ = true;
    if (block && isQuotingBlock(token)) begun_ = true;
    if (block) ++depth_;
  } else if (token.kind == Kind::Close && block && depth_ > 0) {
    --depth_;
  } else if (token.kind == Kind::Text && begun_ && !separated_ && depth_ == 0 &&
             hasVisibleText(token.source)) {
    continued_ = true;
  }
}

}  // namespace mailreeve::mail
