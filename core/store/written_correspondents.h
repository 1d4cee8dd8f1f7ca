// Whom our users have written to, for another process than the one that notes
// it (correspondents.h): asks the database each time, so that whom somebody
// wrote to a moment ago is known.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/store/database.h"

namespace mailreeve::store {

class WrittenCorrespondents {
 public:
  // `clock` must outlive it.
  WrittenCorrespondents(std::filesystem::path countersDatabase,
                        const Clock& clock);

  // As Correspondents::knows; false when the database cannot say, and for a
  // second after that. Waits for others' locks for a twentieth of a second at
  // most. Any thread.
  [[nodiscard]] bool knows(const std::string& user,
                           const std::string& address,
                           std::int64_t keepDays);

 private:
  using Ticks = std::chrono::steady_clock;

  [[nodiscard]] bool open();  // mutex_ is held.

  std::filesystem::path path_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Database> database_;  // Guarded by mutex_.
  std::uint64_t file_ = 0;            // Guarded by mutex_: its inode.
  Ticks::time_point notBefore_;       // Guarded by mutex_: after a failure.
};

}  // namespace mailreeve::store
