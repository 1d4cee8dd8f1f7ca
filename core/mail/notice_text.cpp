#include "core/mail/notice_text.h"

#include "core/base/text.h"
#include "core/mail/html_insert.h"
#include "core/mail/html_text.h"
#include "core/mail/reply_quote.h"

namespace mailreeve::mail {

namespace {

// Below 998, so that a line stays short with what stands beside it.
constexpr std::size_t kHtmlWidth = 900;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string plainTemplate(const Notice& notice,
                          HtmlLinks links = HtmlLinks::Inline) {
  if (trim(notice.plain).empty())
    return htmlToText(notice.html, {.links = links});
  return replaceAll(notice.plain, "\r\n", "\n");
}

std::string htmlTemplate(const Notice& notice) {
  if (!trim(notice.html).empty()) return std::string(htmlBody(notice.html));
  return "<p>" + textToHtml(trim(notice.plain)) + "</p>";
}

std::string makePlain(const Notice& notice) {
  const std::string text = plainTemplate(notice);
  const auto last = text.find_last_not_of(" \t\n");
  return expandVariables(std::string_view(text).substr(0, last + 1),
                         notice.values,
                         TextKind::Plain);
}

std::string makeHtml(const Notice& notice) {
  const std::string block =
      "<div " + std::string(kNoticeAttribute) + "=\"" + notice.id + "\">" +
      expandVariables(htmlTemplate(notice), notice.values, TextKind::Html) +
      "</div>";
  return foldHtml(asciiHtml(block), kHtmlWidth);
}

std::string_view lineEndOf(std::string_view text) {
  const auto newline = text.find('\n');
  const bool bare = newline != std::string_view::npos &&
                    (newline == 0 || text[newline - 1] != '\r');
  return bare ? "\n" : "\r\n";
}

bool endsLine(std::string_view text) {
  return text.empty() || text.back() == '\n';
}

// A notice too short for a fingerprint is known by its lines.
bool hasLines(const std::string& text, const std::string& lines) {
  return ("\n" + text + "\n").find("\n" + lines + "\n") != std::string::npos;
}

// Line ends that set an addition apart from `before`.
std::string gapAfter(std::string_view before, const TextLayout& layout) {
  if (before.empty() || before == kByteOrderMark) return {};
  std::string gap;
  if (!endsLine(before)) gap += layout.lineEnd;
  // An empty line ends the open paragraph; only the next one is seen.
  if (layout.flowed && endsInOpenParagraph(before)) gap += layout.lineEnd;
  return gap.append(layout.lineEnd);
}

}  // namespace

NoticeText::NoticeText(const Notice& notice)
    : id_(notice.id),
      position_(notice.position),
      plain_(makePlain(notice)),
      html_(makeHtml(notice)),
      plainPrint_(plainTemplate(notice, HtmlLinks::Omitted)),
      htmlPrint_(
          htmlToText(htmlTemplate(notice), {.links = HtmlLinks::Omitted})) {}

Insertion NoticeText::intoPlain(std::string_view text,
                                const TextLayout& given,
                                bool lastLineEnds) const {
  TextLayout layout = given;
  layout.lineEnd = lineEndOf(text);
  const std::string block = layOut(plain_, layout);
  const std::string gap = std::string(layout.lineEnd).append(layout.lineEnd);
  const std::size_t start =
      text.substr(0, kByteOrderMark.size()) == kByteOrderMark
          ? kByteOrderMark.size()
          : 0;
  const bool blank = trim(text.substr(start)).empty();
  if (position_ == Notice::Position::Top && !blank) return {start, block + gap};
  if (position_ == Notice::Position::AboveQuote)
    if (const auto quote = findTextQuote(text))
      return {*quote, gapAfter(text.substr(0, *quote), layout) + block + gap};

  std::string out = gapAfter(text, layout) + block;
  const bool ends = text.size() > start ? endsLine(text) : lastLineEnds;
  if (ends) out += layout.lineEnd;
  return {text.size(), out};
}

Insertion NoticeText::intoHtml(std::string_view html, bool lastLineEnds) const {
  const auto places = findHtmlPlaces(html);
  const std::string_view lineEnd = lineEndOf(html);
  std::size_t offset = places.bottom;
  if (position_ == Notice::Position::Top) offset = places.top;
  if (position_ == Notice::Position::AboveQuote && places.aboveQuote)
    offset = *places.aboveQuote;

  std::string out;
  if (!endsLine(html.substr(0, offset))) out += lineEnd;
  out += lineEnd == "\n" ? replaceAll(html_, "\r\n", "\n") : html_;
  const bool last = offset == html.size();
  const bool ends = html.empty() ? lastLineEnds : endsLine(html);
  const bool lineFollows =
      !last && (html[offset] == '\r' || html[offset] == '\n');
  if (last ? ends : !lineFollows) out += lineEnd;
  return {offset, out};
}

bool NoticeText::isInPlain(std::string_view text, bool quotedToo) const {
  const std::string lines = quotedToo
                                ? replaceAll(std::string(text), "\r\n", "\n")
                                : withoutTextQuotes(text);
  return recognised(lines) || hasLines(lines, plain_);
}

bool NoticeText::isInHtml(std::string_view html, bool quotedToo) const {
  return hasMarkedBlock(html, id_, quotedToo) ||
         recognised(htmlToText(
             html, {.quotes = quotedToo, .links = HtmlLinks::Omitted}));
}

bool NoticeText::recognised(std::string_view text) const {
  const Essence essence(text);
  return plainPrint_.foundIn(essence) || htmlPrint_.foundIn(essence);
}

}  // namespace mailreeve::mail
