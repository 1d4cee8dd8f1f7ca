// A database, or the folder of the quarantine, with one fault for as long as
// this lives; then it is as it should be again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "core/store/database.h"

namespace mailreeve::faults {

enum class DatabaseFault {
  None,
  InTheWay,    // Something else has its name: it cannot be opened, nor made.
  NoDatabase,  // A file of other bytes; the folder is not there.
  Locked,      // Somebody else writes, and does not come to an end.
  Full,        // The disk takes no byte more, of this process.
};

// Each with its name. Some are there when a program starts, the others come
// while it runs.
[[nodiscard]] const std::vector<std::pair<std::string, DatabaseFault>>&
databaseFaults();
[[nodiscard]] bool underWay(DatabaseFault fault);

class BrokenDatabase {
 public:
  BrokenDatabase(std::filesystem::path path, DatabaseFault fault);
  BrokenDatabase(const BrokenDatabase&) = delete;
  BrokenDatabase& operator=(const BrokenDatabase&) = delete;
  BrokenDatabase(BrokenDatabase&&) = delete;
  BrokenDatabase& operator=(BrokenDatabase&&) = delete;
  ~BrokenDatabase();

 private:
  void replace(bool byFolder);

  std::filesystem::path path_;
  bool folder_;  // It is one that is broken.
  DatabaseFault fault_;
  std::optional<store::Database> holder_;  // Of the lock.
  rlimit before_{};
};

}  // namespace mailreeve::faults
