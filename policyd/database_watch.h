// What others write into a database, in memory: a thread of its own reads it,
// at most once a second and only when it has changed, so that an answer to
// Postfix never waits for a database.
//
// That something was written is seen by the file's stamp, before it can be
// read; that it can be read now, by the reader.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "core/base/log.h"
#include "core/base/result.h"
#include "core/base/snapshot.h"
#include "policyd/file_stamp.h"

namespace mailreeve::policyd {

// Reader: Result<Content> read(), and bool current(): whether read() would
// answer the same now, false when that cannot be known.
template <class Reader>
class DatabaseWatch {
 public:
  struct Table {
    Result<typename Reader::Content> content;
    FileStamp stamp;  // Of the file, before it was read.
  };

  using Open =
      std::function<Result<Reader>(const std::filesystem::path& database)>;

  // Watches nothing until told to. While the file cannot be read, `follows`.
  DatabaseWatch(std::filesystem::path database,
                Open open,
                std::string follows,
                std::chrono::milliseconds interval)
      : database_(std::move(database)),
        open_(std::move(open)),
        follows_(std::move(follows)),
        interval_(interval),
        table_(std::make_shared<const Table>(
            Table{Error{ErrorCode::Unavailable, "not read yet"}, {}})),
        thread_([this](const std::stop_token& stop) { watch(stop); }) {}

  DatabaseWatch(const DatabaseWatch&) = delete;
  DatabaseWatch& operator=(const DatabaseWatch&) = delete;
  DatabaseWatch(DatabaseWatch&&) = delete;
  DatabaseWatch& operator=(DatabaseWatch&&) = delete;

  ~DatabaseWatch() {
    thread_.request_stop();
    woken_.notify_all();
  }

  // Whether anybody asks; nobody: the file is left alone. Reads before it
  // returns when that becomes true. Any thread.
  void want(bool wanted) {
    const std::lock_guard lock(mutex_);
    const bool newly = wanted && !wanted_;
    wanted_ = wanted;
    if (!newly) return;
    refresh();
    woken_.notify_all();
  }

  // As last read. Any thread; does not wait.
  [[nodiscard]] std::shared_ptr<const Table> table() const {
    return table_.get();
  }

  // Whether the file has changed since `table` was read. Any thread.
  [[nodiscard]] bool isOld(const Table& table) const {
    return stampOf(database_) != table.stamp;
  }

 private:
  // Reading may take this part of the time at most: a large table is read less
  // often.
  static constexpr int kShare = 20;

  void watch(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    auto pause = interval_;
    while (!stop.stop_requested()) {
      if (!woken_.wait(lock, stop, [this] { return wanted_; })) return;
      woken_.wait_for(lock, stop, pause, [] { return false; });
      if (stop.stop_requested() || !wanted_) continue;
      const auto start = std::chrono::steady_clock::now();
      refresh();
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - start);
      pause = std::max(interval_, took * kShare);
    }
  }

  // mutex_ is held; here and below.
  void refresh() {
    // Taken first: what is written meanwhile is read next time.
    const FileStamp now = stampOf(database_);
    if (now == seen_ && reader_ && reader_->current()) return;
    if (now != seen_) reader_.reset();  // It may be another file by now.
    seen_ = now;
    auto content = read();
    if (!content) reader_.reset();
    report(content);
    table_.publish(
        std::make_shared<const Table>(Table{std::move(content), now}));
  }

  [[nodiscard]] Result<typename Reader::Content> read() {
    if (!reader_) {
      auto opened = open_(database_);
      if (!opened) return std::move(opened).error();
      reader_.emplace(*std::move(opened));
    }
    return reader_->read();
  }

  // Once, when it begins or ends: not once a second.
  void report(const Result<typename Reader::Content>& content) {
    const bool failed = std::exchange(failing_, !content.ok());
    if (failing_ && !failed) log::error(content.error().what + ": " + follows_);
    if (failed && !failing_)
      log::info(database_.string() + " can be read again");
  }

  std::filesystem::path database_;
  Open open_;
  std::string follows_;
  std::chrono::milliseconds interval_;
  Snapshot<Table> table_;

  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool wanted_ = false;           // Guarded by mutex_.
  FileStamp seen_;                // Guarded by mutex_.
  std::optional<Reader> reader_;  // Guarded by mutex_: of seen_.
  bool failing_ = false;          // Guarded by mutex_.
  std::jthread thread_;           // Last: the first to go.
};

}  // namespace mailreeve::policyd
