// Where in an HTML body a notice goes, and what of the body is quoted from an
// earlier message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailreeve::mail {

struct HtmlPlaces {
  std::size_t top = 0;     // Behind <body ...>.
  std::size_t bottom = 0;  // Before the last </body>, else </html>, else the
                           // end; never inside something left open.
  std::optional<std::size_t> aboveQuote;  // Where a top-posted reply's quote
                                          // begins.
};

[[nodiscard]] HtmlPlaces findHtmlPlaces(std::string_view html);

// The name of the attribute that marks our own block; its value is the id.
inline constexpr std::string_view kNoticeAttribute = "data-mailreeve-notice";

// Whether the block marked `id` stands in `html`; with `quotedToo`, also in
// what is quoted.
[[nodiscard]] bool hasMarkedBlock(std::string_view html,
                                  std::string_view id,
                                  bool quotedToo);

}  // namespace mailreeve::mail
