// What tells one state of a database file from the next, seen from outside.
// Not all: SQLite writes first and shows later.
#pragma once

#include <cstdint>
#include <filesystem>

namespace mailreeve::policyd {

struct FileStamp {
  std::int64_t changed = 0;     // Of the database, nanoseconds.
  std::int64_t walChanged = 0;  // Of its write-ahead log.
  std::uintmax_t walSize = 0;

  bool operator==(const FileStamp&) const = default;
};

// All zero for a file that is not there.
[[nodiscard]] FileStamp stampOf(const std::filesystem::path& database);

}  // namespace mailreeve::policyd
