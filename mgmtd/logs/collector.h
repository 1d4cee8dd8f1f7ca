// Reads the mail logs into logs.db as they grow.
//
// What is read and how far is committed together. A log that cannot be read, or
// a database that is locked, is tried again until it can; the reason stands
// beside the log's position and is logged once.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/mail_log.h"
#include "mgmtd/logs/line.h"
#include "mgmtd/logs/log_file.h"

namespace mailreeve::logs {

// The files to follow, asked for anew from time to time.
using FileNames = std::function<std::vector<std::string>()>;

class Collector {
 public:
  // `clock` must outlive this.
  Collector(std::filesystem::path logsDatabase,
            FileNames files,
            const Clock& clock);

  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  Collector(Collector&&) = delete;
  Collector& operator=(Collector&&) = delete;

  // Ends the thread after the batch it is at.
  ~Collector();

  // From now on logs are followed, on a thread of the collector's own.
  void start();

  // Reads one batch of each file, and what events there are; returns whether
  // anything was found. What start() does again and again; for tests otherwise.
  [[nodiscard]] Result<bool> pass();

 private:
  void loop();
  [[nodiscard]] Result<Done> open();
  [[nodiscard]] Result<Done> follow(const std::vector<std::string>& names);
  [[nodiscard]] Result<Done> addLines(std::string_view lines);
  [[nodiscard]] Result<bool> readBatch(LogFile& file);
  void forget();

  const std::filesystem::path path_;
  const FileNames files_;
  const Clock& clock_;

  // Used by the thread that makes passes.
  std::optional<store::MailLog> log_;
  std::map<std::string, LogFile> followed_;
  std::map<std::string, std::string> problems_;  // That were told.
  LineTimes times_;
  TimePoint namesAsked_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // Guarded by mutex_.

  std::jthread thread_;  // Last, so that it ends before what it uses.
};

}  // namespace mailreeve::logs
