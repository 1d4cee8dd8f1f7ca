// What the headers in a zip file say, wherever they stand: every name that it
// gives to something, and whether something is encrypted. A zip describes its
// entries twice, and names them a third time in Unicode; one may follow
// another, or something else. Programs differ in which they believe.
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

// Whether any header says that its entry is encrypted.
[[nodiscard]] bool hasEncryptedEntry(std::string_view bytes);

// Whether archive programs find a zip here from its end, whatever stands before
// it: a program that unpacks itself, a picture. An empty zip is none.
[[nodiscard]] bool endsAsZip(std::string_view bytes);

}  // namespace mailreeve::content
