// Our `*` patterns as SQL understands them.
#pragma once

#include <string>

namespace mailreeve::store {

// `wildcard` in lower case as a pattern of LIKE with ESCAPE '\', in which only
// `*` is special.
[[nodiscard]] std::string likePattern(const std::string& wildcard);

}  // namespace mailreeve::store
