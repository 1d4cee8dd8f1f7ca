// Notices that wait to be sent: the mail Mailreeve writes itself. Whoever has
// one puts it here, which asks nothing of the network, and mgmtd's job
// send-notices gives it to Postfix. What is here survives a crash; what Postfix
// has taken is gone from here.
//
// A notice is a finished message, or a template and the values to fill it with.
// Never a place for other people's mail.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

// At most one notice of a key in a while: a helper that is down all day is one
// message, not one for each mail.
struct NotBefore {
  std::string key;  // Empty: no such limit.
  std::chrono::minutes again{60};
};

struct Notice {
  std::string kind;  // For logs and listings: "virus", "digest".
  std::vector<std::string> recipients;

  // All of it with its header, lines ending in CRLF or LF, without NUL.
  std::string message;

  // Instead of `message`: "notices/virus.txt.tpl", and its markers.
  std::string templateName;
  std::vector<std::pair<std::string, std::string>> values;

  NotBefore once;
};

struct WaitingNotice {
  std::int64_t id = 0;
  Notice notice;
  TimePoint made;
  std::int64_t attempts = 0;
  std::string problem;  // Of the last attempt.
};

// Callable from any thread.
class Outbox {
 public:
  static constexpr std::int64_t kMost = 10'000;  // Waiting at once.
  static constexpr std::chrono::hours kGivenUpAfter{72};

  // Nothing is opened before it is needed. `clock` must outlive this.
  Outbox(std::filesystem::path database, const Clock& clock)
      : path_(std::move(database)), clock_(clock) {}

  // False: there was one of the same `once.key` already. Invalid: a notice to
  // nobody, or without content. Unavailable: too many wait, or the disk.
  [[nodiscard]] Result<bool> add(const Notice& notice);

  // What is to be sent now, the oldest first.
  [[nodiscard]] Result<std::vector<WaitingNotice>> due(std::int64_t limit);

  // All that waits, the oldest first.
  [[nodiscard]] Result<std::vector<WaitingNotice>> list(std::int64_t limit);

  [[nodiscard]] Result<Done> sent(std::int64_t id);

  // To be tried again later: after 1, 2, 4 ... minutes, at most every hour.
  // True: it was the last attempt, and the notice is gone.
  [[nodiscard]] Result<bool> failed(std::int64_t id, const std::string& why);

 private:
  [[nodiscard]] Result<Database*> database();
  [[nodiscard]] Result<Done> insert(Database& into, const Notice& notice);
  [[nodiscard]] Result<std::vector<WaitingNotice>> select(std::int64_t dueBy,
                                                          std::int64_t limit);

  std::filesystem::path path_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Database> database_;  // Guarded by mutex_.
};

}  // namespace mailreeve::store
