// Tables that live in memory and reach counters.db later: an answer to Postfix
// waits for no database.
//
// What was not written yet when the process died is lost: at most one interval.
// So this is for what may be forgotten, never for a quota.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

// One part of memory with its tables. Its functions are called by the writer's
// thread, beside those that use the memory.
class WrittenBehind {
 public:
  WrittenBehind() = default;
  WrittenBehind(const WrittenBehind&) = delete;
  WrittenBehind& operator=(const WrittenBehind&) = delete;
  WrittenBehind(WrittenBehind&&) = delete;
  WrittenBehind& operator=(WrittenBehind&&) = delete;
  virtual ~WrittenBehind() = default;

  [[nodiscard]] virtual const Schema& schema() const = 0;

  // Once, when the database can first be read. What memory holds already is
  // newer; neither is forgotten for the other.
  [[nodiscard]] virtual Result<Done> load(Database& database) = 0;

  // What changed since the last time, in a transaction of the caller's. After
  // an Error, or when the transaction then fails (`written` is told), it must
  // be written the next time.
  [[nodiscard]] virtual Result<Done> write(Database& database,
                                           TimePoint now) = 0;

  virtual void written(bool good) = 0;
};

// For who only reads `table`: nothing when the file or its tables are not there
// yet.
[[nodiscard]] Result<std::optional<Database>> openWritten(
    const std::filesystem::path& countersDatabase, const WrittenBehind& table);

class WriteBehind {
 public:
  // All must outlive it. Loads before it returns if the database lets it
  // within a second; else goes on trying, every interval.
  WriteBehind(std::filesystem::path countersDatabase,
              const Clock& clock,
              std::vector<WrittenBehind*> tables,
              std::chrono::milliseconds interval = std::chrono::seconds(5));
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;
  WriteBehind(WriteBehind&&) = delete;
  WriteBehind& operator=(WriteBehind&&) = delete;

  // Writes what is left.
  ~WriteBehind();

  // Whether all was loaded and the last write succeeded. Any thread.
  [[nodiscard]] bool healthy() const { return healthy_; }

  // Writes now. Any thread.
  [[nodiscard]] Result<Done> flush();

 private:
  void run(const std::stop_token& stop, std::promise<void> tried);
  void retry();
  [[nodiscard]] Result<Done> open();
  [[nodiscard]] Result<Done> writeAll();

  std::filesystem::path path_;
  const Clock& clock_;
  std::vector<WrittenBehind*> tables_;
  std::chrono::milliseconds interval_;
  std::atomic<bool> healthy_{false};

  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::optional<Database> database_;  // Guarded by mutex_.
  std::size_t loaded_ = 0;            // Guarded by mutex_: of tables_.
  std::jthread thread_;               // Last: the first to go.
};

}  // namespace mailreeve::store
