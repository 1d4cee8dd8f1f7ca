// Every name that a zip file gives to something, wherever it stands. A zip
// names its entries twice, and a third time in Unicode; one may follow another,
// or something else. Programs differ in which they believe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::content {

// In the order in which they stand, each once; at most `most`. Directories are
// left out.
[[nodiscard]] std::vector<std::string> zipNames(std::string_view bytes,
                                                std::size_t most);

}  // namespace mailreeve::content
