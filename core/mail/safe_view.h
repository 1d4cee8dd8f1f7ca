// A message for eyes that must be safe from it: no script, no form, no link
// that can be followed, nothing fetched from anywhere, no attachment opened.
// Never for programs: what it gives is not the message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailreeve::mail {

struct SafeViewLimits {
  std::size_t bytes = 256U << 10U;  // Of decoded text that is shown.
};

// The fields people look at, the text, and a list of the parts.
[[nodiscard]] std::string safeText(std::string_view message,
                                   const SafeViewLimits& limits = {});

// The same as a page of its own, HTML mail laid out. Elements outside a short
// list are dropped, and so are all attributes; a link's target stands beside
// its text; the page forbids itself everything by its own policy, too.
[[nodiscard]] std::string safeHtml(std::string_view message,
                                   const SafeViewLimits& limits = {});

}  // namespace mailreeve::mail
