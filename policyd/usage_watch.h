// What everybody has sent today, in memory: a thread of its own reads it from
// counters.db, at most once a second and only when the file has changed, so
// that an answer to Postfix never waits for a database.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/snapshot.h"
#include "core/store/usage.h"

namespace mailreeve::policyd {

class UsageWatch {
 public:
  // `clock` must outlive it. Watches nothing until told to.
  UsageWatch(std::filesystem::path countersDatabase,
             const Clock& clock,
             std::chrono::milliseconds interval = std::chrono::seconds(1));
  UsageWatch(const UsageWatch&) = delete;
  UsageWatch& operator=(const UsageWatch&) = delete;
  UsageWatch(UsageWatch&&) = delete;
  UsageWatch& operator=(UsageWatch&&) = delete;
  ~UsageWatch();

  // Whether anybody has a limit; nobody: the file is left alone. Reads before
  // it returns when that becomes true. Any thread.
  void want(bool wanted);

  // An Error while the file cannot be read, or was not wanted. Zero for who has
  // sent nothing. Any thread; does not wait.
  [[nodiscard]] Result<store::Usage> usedToday(const std::string& user) const;

 private:
  // What tells one state of the file from the next.
  struct Stamp {
    std::int64_t changed = 0;     // Of the database, nanoseconds.
    std::int64_t walChanged = 0;  // Of its write-ahead log.
    std::uintmax_t walSize = 0;
    std::string day;

    bool operator==(const Stamp&) const = default;
  };

  struct Table {
    std::string problem;  // Not empty: unreadable.
    std::unordered_map<std::string, store::Usage> users;
  };

  void watch(const std::stop_token& stop);
  void refresh();  // mutex_ is held.
  [[nodiscard]] Stamp stamp() const;
  [[nodiscard]] Table read(const std::string& day) const;

  std::filesystem::path database_;
  const Clock& clock_;
  std::chrono::milliseconds interval_;
  Snapshot<Table> table_;

  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wanted_ = false;  // Guarded by mutex_.
  Stamp seen_;           // Guarded by mutex_.
  std::jthread thread_;  // Last: the first to go.
};

}  // namespace mailreeve::policyd
