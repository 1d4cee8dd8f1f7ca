// Pictures that nobody is meant to see and that tell their server who reads a
// message, and when.
#pragma once

#include <vector>

#include "core/content/html_document.h"

namespace mailreeve::content {

// For each element, whether its start tag has such a picture fetched: of at
// most one pixel or hidden, and from elsewhere, by whatever attribute or, in a
// <picture>, by another element for it.
[[nodiscard]] std::vector<bool> webBugsIn(const HtmlDocument& document);

}  // namespace mailreeve::content
