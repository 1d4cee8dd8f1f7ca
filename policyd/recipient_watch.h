// Which addresses of ours exist, in memory: a thread of its own reads them from
// state.db, at most once a second and only when the file has changed, so that
// an answer to Postfix never waits for a database. That it has changed is seen
// before what has changed can be read: SQLite writes first and shows later.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "core/base/snapshot.h"
#include "core/store/recipients.h"

namespace mailreeve::policyd {

class RecipientWatch {
 public:
  // Watches nothing until told to.
  explicit RecipientWatch(
      std::filesystem::path stateDatabase,
      std::chrono::milliseconds interval = std::chrono::seconds(1));
  RecipientWatch(const RecipientWatch&) = delete;
  RecipientWatch& operator=(const RecipientWatch&) = delete;
  RecipientWatch(RecipientWatch&&) = delete;
  RecipientWatch& operator=(RecipientWatch&&) = delete;
  ~RecipientWatch();

  // Whether anybody asks. Reads before it returns when that becomes true. Any
  // thread.
  void want(bool wanted);

  // `mailbox` as Policy::mailboxKey gives it, in a domain of ours. Nothing
  // while the file cannot be read; nor does anybody not exist who may have been
  // added since it was. Any thread; does not wait.
  [[nodiscard]] std::optional<bool> exists(const std::string& mailbox) const;

 private:
  // What tells one state of the file from the next.
  struct Stamp {
    std::int64_t changed = 0;     // Of the database, nanoseconds.
    std::int64_t walChanged = 0;  // Of its write-ahead log.
    std::uintmax_t walSize = 0;

    bool operator==(const Stamp&) const = default;
  };

  struct Table {
    bool known = false;
    std::unordered_set<std::string> addresses;
    Stamp stamp = {};  // Of the file, before it was read.
  };

  void watch(const std::stop_token& stop);
  void refresh();  // mutex_ is held.
  [[nodiscard]] Result<std::unordered_set<std::string>> read();  // Likewise.
  [[nodiscard]] Stamp stamp() const;

  std::filesystem::path database_;
  std::chrono::milliseconds interval_;
  Snapshot<Table> table_;

  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wanted_ = false;  // Guarded by mutex_.
  Stamp seen_;           // Guarded by mutex_.
  std::optional<store::RecipientReader>
      reader_;            // Guarded by mutex_: of seen_.
  bool failing_ = false;  // Guarded by mutex_.
  std::jthread thread_;   // Last: the first to go.
};

}  // namespace mailreeve::policyd
