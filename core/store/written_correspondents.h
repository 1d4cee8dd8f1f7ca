// Whom our users have written to, for another process than the one that notes
// it (correspondents.h). What strangers are asked about, a flood of them above
// all, costs no database and no wait: a set in memory knows who cannot be a
// correspondent, and only for the rest is the database asked.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_set>

#include "core/base/clock.h"
#include "core/store/database.h"

namespace mailreeve::store {

class WrittenCorrespondents {
 public:
  // `clock` must outlive it.
  WrittenCorrespondents(std::filesystem::path countersDatabase,
                        const Clock& clock);

  // As Correspondents::knows; false when the database cannot say, and for a
  // second after that. What is written is known a tenth of a second later.
  // Waits for others' locks for a twentieth of a second at most. Any thread.
  [[nodiscard]] bool knows(const std::string& user,
                           const std::string& address,
                           std::int64_t keepDays);

 private:
  using Ticks = std::chrono::steady_clock;

  [[nodiscard]] bool mayBe(const std::string& user, const std::string& address);

  // Reads what is new, if it is time for that and no other thread does.
  void refresh();

  // mutex_ is held; here and below.
  [[nodiscard]] bool open();
  void fail();
  void forget();
  [[nodiscard]] Result<Done> readNew();
  [[nodiscard]] std::int64_t today() const;

  std::filesystem::path path_;
  const Clock& clock_;
  std::atomic<Ticks::rep> due_{0};  // When to look for news.

  std::mutex mutex_;
  std::optional<Database> database_;     // Guarded by mutex_.
  std::uint64_t file_ = 0;               // Guarded by mutex_: its inode.
  Ticks::time_point notBefore_;          // Guarded by mutex_: after a failure.
  std::optional<std::int64_t> version_;  // Guarded by mutex_: that was read.
  std::int64_t readOn_ = 0;              // Guarded by mutex_: the day of that.

  std::shared_mutex knownMutex_;
  bool ready_ = false;  // Guarded by knownMutex_: it was looked for them.
  std::unordered_set<std::uint64_t> pairs_;  // Guarded by knownMutex_: hashes.
};

}  // namespace mailreeve::store
