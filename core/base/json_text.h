// Text as a JSON string, for records that are written for each message: a tree
// of JSON values costs several times as much as the record itself.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve {

// Quotes included. What is no UTF-8 is replaced by U+FFFD.
[[nodiscard]] std::string jsonText(std::string_view text);

}  // namespace mailreeve
