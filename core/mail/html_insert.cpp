#include "core/mail/html_insert.h"

#include "core/mail/html_quote.h"
#include "core/mail/html_scan.h"

namespace mailreeve::mail {

HtmlPlaces findHtmlPlaces(std::string_view html) {
  using Kind = HtmlToken::Kind;
  std::size_t top = 0;
  bool bodySeen = false;
  std::optional<std::size_t> bodyEnd;
  std::optional<std::size_t> htmlEnd;
  std::optional<std::size_t> quote;
  std::size_t end = html.size();
  std::size_t opened = 0;  // Where the last start tag begins.

  HtmlScanner scanner(html);
  HtmlQuote quotes;
  HtmlToken before;
  for (HtmlToken token; scanner.next(token); before = token) {
    const bool begunBefore = quotes.begun();
    quotes.feed(token);
    if (!begunBefore && quotes.begun()) quote = token.begin;

    const bool isBody = token.kind == Kind::Open && token.name == "body";
    const bool beforeBody =
        (token.kind == Kind::Open && token.name == "html") ||
        (token.kind == Kind::Close && token.name == "head") ||
        (token.kind == Kind::Hidden && top == token.begin);
    if (!bodySeen && (isBody || beforeBody)) {
      top = token.end;
      bodySeen = isBody;
    }
    if (token.kind == Kind::Close && token.name == "body")
      bodyEnd = token.begin;
    if (token.kind == Kind::Close && token.name == "html")
      htmlEnd = token.begin;
    if (token.kind == Kind::Broken) {
      // Nor is text in a <title> or <style> shown that has no end, or half of
      // one.
      const bool inRawText =
          before.kind == Kind::RawText ||
          (before.kind == Kind::Open && before.name == token.name);
      end = inRawText ? opened : token.begin;
    }
    if (token.kind == Kind::Open) opened = token.begin;
  }
  HtmlPlaces places{top, bodyEnd.value_or(htmlEnd.value_or(end)), {}};
  if (quote && !quotes.continued() && *quote >= top) places.aboveQuote = quote;
  return places;
}

bool hasMarkedBlock(std::string_view html,
                    std::string_view id,
                    bool quotedToo) {
  if (html.find(kNoticeAttribute) == std::string_view::npos) return false;
  HtmlScanner scanner(html);
  HtmlQuote quotes;
  for (HtmlToken token; scanner.next(token);) {
    quotes.feed(token);
    if (token.attribute(kNoticeAttribute) == id &&
        (quotedToo || !quotes.quoted()))
      return true;
  }
  return false;
}

}  // namespace mailreeve::mail
