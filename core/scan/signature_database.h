// What a file of ClamAV's signatures says about itself: the first 512 bytes of
// a .cvd or .cld. Other files say nothing; only their names and times count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::scan {

struct SignatureDatabase {
  std::string name;          // "daily.cld".
  std::int64_t version = 0;  // 0: it has none.
  std::int64_t signatures = 0;
  std::string built;  // As it says; empty: it does not.
  TimePoint changed;  // Of the file: when it came.
  std::int64_t bytes = 0;
};

// The head of a .cvd: "ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:...".
// Fills in version, signatures and built.
[[nodiscard]] Result<Done> parseSignatureHead(std::string_view head,
                                              SignatureDatabase& into);

// The signature files in a directory, by name. NotFound: no such directory.
[[nodiscard]] Result<std::vector<SignatureDatabase>> listSignatures(
    const std::filesystem::path& directory);

}  // namespace mailreeve::scan
