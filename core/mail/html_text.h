// Between HTML and plain text, for short texts of ours and for reading what a
// mail says. All text is UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

enum class HtmlLinks {
  Omitted,   // Their text alone.
  Inline,    // The target behind the text: "here (https://b.example/)".
  Numbered,  // A number there, and the targets at the end, as in print: one
             // line each, each target once. What runs instead of leading
             // somewhere (javascript:, data:) is left out.
};

struct HtmlTextOptions {
  bool quotes = true;  // Keep what is quoted from an earlier message.
  HtmlLinks links = HtmlLinks::Inline;
};

// What a reader of `html` would see, lines ending in LF.
[[nodiscard]] std::string htmlToText(std::string_view html,
                                     const HtmlTextOptions& options = {});

// `&`, `<`, `>` and both quotes escaped: fit for text and attribute values.
[[nodiscard]] std::string escapeHtml(std::string_view text);

// Plain text as HTML: escaped, lines broken with <br>, blanks kept.
[[nodiscard]] std::string textToHtml(std::string_view text);

// Characters outside ASCII as numeric references, so that the HTML means the
// same in every charset. `html` is valid UTF-8.
[[nodiscard]] std::string asciiHtml(std::string_view html);

// Lines of at most `width` octets, broken at blanks; a longer run without blank
// stays whole. Every line end becomes CRLF.
[[nodiscard]] std::string foldHtml(std::string_view html, std::size_t width);

// What stands between <body> and </body>; all of it when there is no body.
[[nodiscard]] std::string_view htmlBody(std::string_view html);

}  // namespace mailreeve::mail
