// Writes what Postfix and Dovecot logged, and how far it has been read, into
// logs.db: both in one transaction, so that no line is counted twice or lost.
//
// Used by one thread at a time; milterd and policyd write their events into
// the same file meanwhile, so a batch should take tens of milliseconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/store/database.h"
#include "core/store/event_log.h"
#include "core/store/mail_entry.h"
#include "core/store/mail_log_tables.h"

namespace mailreeve::store {

// How far the log that is known as `path` has been read. The print is one of
// the first bytes of the file that was read: whatever name it bears now, and
// whatever inode a copy of it has, it is known by that.
struct LogPosition {
  std::string path;
  std::int64_t device = 0;
  std::int64_t inode = 0;
  std::int64_t offset = 0;  // Of the first line that was not read.
  std::int64_t printBytes = 0;
  std::string print;
  std::string problem;  // Why it cannot be read; empty: it can.
};

[[nodiscard]] Result<std::vector<LogPosition>> readPositions(
    Database& database);

class MailLog {
 public:
  [[nodiscard]] static Result<MailLog> open(
      const std::filesystem::path& logsDatabase);

  [[nodiscard]] Result<std::vector<LogPosition>> positions();

  // All that `work` writes by the functions below, or nothing.
  [[nodiscard]] Result<Done> batch(const std::function<Result<Done>()>& work);

  [[nodiscard]] Result<Done> add(const MailEntry& entry);
  [[nodiscard]] Result<Done> setPosition(const LogPosition& position);

  // Takes up to `limit` events that were not looked at yet into the security
  // log, and their subjects into the mail log. Returns how many there were.
  [[nodiscard]] Result<std::int64_t> takeEvents(std::int64_t limit);

 private:
  // What is remembered of a queue file that was seen lately.
  struct Queue {
    std::int64_t id = 0;
    bool hasMessageId = false;
    bool ended = false;
  };

  explicit MailLog(Database database) : database_(std::move(database)) {}

  // 0 for an entry without a queue id.
  [[nodiscard]] Result<std::int64_t> queueOf(const MailEntry& entry);
  [[nodiscard]] Result<Queue*> known(std::string_view queueId);
  [[nodiscard]] Result<Queue*> begin(const MailEntry& entry);
  [[nodiscard]] Result<Done> addLine(const MailEntry& entry,
                                     std::int64_t queue);
  [[nodiscard]] Result<Done> update(const MailEntry& entry, std::int64_t queue);
  [[nodiscard]] Result<Done> addQueued(const MailEntry& entry,
                                       std::int64_t queue);
  [[nodiscard]] Result<Done> addDelivery(const MailEntry& entry,
                                         std::int64_t queue);
  [[nodiscard]] Result<Done> addLink(std::int64_t parent,
                                     std::int64_t child,
                                     std::string_view how);
  [[nodiscard]] Result<Done> linkTo(const MailEntry& entry, std::int64_t queue);
  [[nodiscard]] Result<Done> settleSieve(std::string_view session);
  [[nodiscard]] Result<Done> addRefusal(const MailEntry& entry);
  [[nodiscard]] Result<Done> nameQueue(const Event& event);
  [[nodiscard]] Result<Done> takeEvent(Event event);

  Database database_;
  std::unordered_map<std::string, Queue> queues_;
};

}  // namespace mailreeve::store
