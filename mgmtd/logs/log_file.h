// Follows one log file through its rotations and hands out whole lines, each
// once.
//
// A file is known by a print of its first bytes: logrotate renames it
// (create), or copies it and empties it (copytruncate); in both cases the rest
// of what was being read is looked for beside it, in the uncompressed file that
// begins with the same bytes. Only what copytruncate itself loses is lost.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/fd.h"
#include "core/base/result.h"
#include "core/store/mail_log.h"

namespace mailreeve::logs {

class LogFile {
 public:
  // `from` is where a former process stopped; its path is the log's name.
  explicit LogFile(store::LogPosition from);

  // The next whole lines, each with its end, at most 256 KiB; empty at the end
  // of the log. Good until the next call. Called again only when what was given
  // has been stored, or rollBack() was called.
  [[nodiscard]] Result<std::string_view> next();

  // What was read since the last commit() has been stored, or has not.
  void commit();
  void rollBack();

  // With what has been read so far.
  [[nodiscard]] const store::LogPosition& position() const { return now_; }

 private:
  [[nodiscard]] Result<Done> open();
  [[nodiscard]] Result<std::string_view> whole();
  [[nodiscard]] bool openAt(const std::filesystem::path& path);
  [[nodiscard]] bool openRest();
  [[nodiscard]] bool isTheSame(int fd) const;
  [[nodiscard]] bool isMoved();
  void setAside();
  void takePrint();
  void startAnew();

  store::LogPosition now_;
  store::LogPosition committed_;
  Fd fd_;
  bool aside_ = false;  // It is read under another name than its own.
  std::chrono::steady_clock::time_point asideSince_;
  bool skipping_ = false;  // In the middle of a line that is too long.
  std::string buffer_;
};

}  // namespace mailreeve::logs
