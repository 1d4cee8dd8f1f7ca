// Style attributes and sheets, read as far as it takes to see that they hide
// something. No style is ever applied here.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::content {

// Without blanks and comments, escapes decoded, in lower case: as styles are
// compared.
[[nodiscard]] std::string styleKey(std::string_view style);

// Whether an element with this styleKey() is shown to nobody.
[[nodiscard]] bool hides(std::string_view key);

}  // namespace mailreeve::content
