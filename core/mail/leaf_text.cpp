#include "core/mail/leaf_text.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/mail/html_scan.h"
#include "core/mail/unicode.h"

namespace mailreeve::mail {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

// Of "text/html; charset=koi8-r" the charset; empty when there is none.
std::string_view charsetIn(std::string_view content) {
  const std::string key = lower(content);
  const auto at = key.find("charset");
  if (at == kNone) return {};
  content = trim(content.substr(at + 7));
  if (!content.starts_with('=')) return {};
  content = trim(content.substr(1));
  if (!content.empty() && (content[0] == '"' || content[0] == '\''))
    content.remove_prefix(1);
  return content.substr(0, content.find_first_of("\"'; \t\r\n\f"));
}

std::string_view charsetOfTag(const HtmlToken& meta) {
  if (const auto name = trim(meta.attribute("charset")); !name.empty())
    return name;
  if (!equalsIgnoringCase(trim(meta.attribute("http-equiv")), "content-type"))
    return {};
  return charsetIn(meta.attribute("content"));
}

// What a <meta> can be read in, it does not say in UTF-16: browsers take that
// for UTF-8. UTF-7 some obey and some do not.
const Charset* believed(const Charset* named) {
  if (named->asciiTransparent || named->name == "iso-2022-jp") return named;
  return named->name.starts_with("utf-16") ? findCharset("utf-8") : nullptr;
}

// The first that names a charset; none when no <meta> does.
std::optional<const Charset*> charsetOfMeta(std::string_view html) {
  HtmlScanner scanner(html);
  for (HtmlToken token; scanner.next(token);) {
    if (token.kind != HtmlToken::Kind::Open || token.name != "meta") continue;
    const auto name = charsetOfTag(token);
    if (const auto* named = name.empty() ? nullptr : findCharset(name))
      return believed(named);
  }
  return std::nullopt;
}

std::string withoutMark(std::string text) {
  if (text.starts_with(kUtf8Mark)) text.erase(0, kUtf8Mark.size());
  return text;
}

std::optional<std::string> inUtf8(std::string_view bytes,
                                  const Charset* charset) {
  if (charset == nullptr) return std::nullopt;
  auto text = toUtf8(bytes, *charset);
  if (!text) return std::nullopt;
  return withoutMark(*std::move(text));
}

}  // namespace

bool isHtml(const MimeNode& leaf) {
  return leaf.type == "text/html" || leaf.type == "application/xhtml+xml";
}

const Charset* charsetOf(const MimeNode& leaf, std::string_view decoded) {
  const auto* named = findCharset(leaf.charset);
  if (named != nullptr && !leaf.charset.empty()) return named;
  if (const auto* marked = charsetOfMark(decoded)) return marked;
  if (isHtml(leaf) && leaf.charset.empty())
    if (const auto found = charsetOfMeta(decoded)) return *found;
  return named;
}

std::string textInUtf8(const MimeNode& leaf, std::string_view decoded) {
  if (auto text = inUtf8(decoded, charsetOf(leaf, decoded)))
    return *std::move(text);
  if (isHtml(leaf))
    if (const auto found = charsetOfMeta(decoded))
      if (auto text = inUtf8(decoded, *found)) return *std::move(text);
  return withoutMark(asUtf8(decoded));
}

std::vector<std::string> textsInUtf8(const MimeNode& leaf,
                                     std::string_view decoded) {
  std::vector<std::string> texts{textInUtf8(leaf, decoded)};
  const auto* marked = charsetOfMark(decoded);
  if (marked == nullptr) return texts;
  const auto add = [&texts](std::string text) {
    if (std::find(texts.begin(), texts.end(), text) == texts.end())
      texts.push_back(std::move(text));
  };
  if (auto text = inUtf8(decoded, marked)) add(*std::move(text));
  if (leaf.charset.empty()) add(withoutMark(asUtf8(decoded)));
  return texts;
}

}  // namespace mailreeve::mail
