// The two ways in which a signed header may be changed on its way without harm
// (RFC 6376 section 3.4).
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::dkim {

enum class Canonical { Simple, Relaxed };

[[nodiscard]] std::string_view describe(Canonical canonical);

// Adds the header field `raw` (without its line end) in canonical form, without
// a line end.
void appendHeader(std::string& out, std::string_view raw, Canonical canonical);

}  // namespace mailreeve::dkim
