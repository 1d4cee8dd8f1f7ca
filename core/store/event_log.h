// What happened to each message, in logs.db: written by milterd and policyd,
// read by `mgmtctl log`.
//
// Never in the mail's way: post() copies into a queue and returns. What the
// queue or the database does not take goes to syslog in one line and is
// counted; a broken database never stops a daemon from starting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/dmarc_rows.h"

namespace mailreeve::store {

struct Event {
  std::int64_t id = 0;  // Given by the log; rises with time.
  TimePoint time;
  std::string program;  // milterd, policyd ...
  std::string kind;     // message, recipient, login ...
  std::string queueId;
  std::string traceCode;  // The one in the SMTP reply.
  std::string client;     // Address of the SMTP client.
  std::string login;
  std::string sender;
  std::vector<std::string> recipients;
  std::string messageId;
  std::string subject;
  std::int64_t size = 0;  // Bytes.
  std::string verdict;
  std::string reason;             // For the administrator.
  std::string reply;              // What the client was told.
  std::string trace;              // JSON text of the steps.
  std::optional<DmarcRow> dmarc;  // Of a message that is to be reported.
};

struct EventCounts {
  std::uint64_t stored = 0;
  std::uint64_t lost = 0;  // To syslog instead.
};

class EventLog {
 public:
  // Starts the writer. `capacity` is how many events may wait.
  explicit EventLog(std::filesystem::path logsDatabase,
                    std::size_t capacity = 10'000);

  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  EventLog(EventLog&&) = delete;
  EventLog& operator=(EventLog&&) = delete;

  // Stores what still waits; what the database does not take at once goes to
  // syslog.
  ~EventLog();

  // Never waits for the database. Texts over their limits are cut. Any thread.
  void post(Event event);

  // Returns when all that was posted before is stored or lost. Any thread.
  void flush();

  [[nodiscard]] EventCounts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Every criterion that is set must hold.
struct EventQuery {
  std::optional<TimePoint> since;  // This moment or later.
  std::optional<TimePoint> until;  // Before this moment.
  std::string sender;              // Address, any case, `*` for any run.
  std::string recipient;           // The same.
  std::string queueId;
  std::string traceCode;
  std::string verdict;
  std::string program;
  std::string client;  // An address.
  std::string text;    // Part of subject, message id, reason, reply, client or
                       // login; ASCII case is ignored.
  std::int64_t beforeId = 0;  // For the next page; 0: from the newest.
  std::int64_t afterId = 0;   // For following: then the oldest come first.
  bool oldestFirst = false;
  std::int64_t limit = 100;  // 1..10000
};

// The newest first, unless asked otherwise. NotFound when nothing was ever
// logged.
[[nodiscard]] Result<std::vector<Event>> queryEvents(
    const std::filesystem::path& logsDatabase, const EventQuery& query);

// Deletes in small transactions, so that writers are never kept waiting.
// Returns how many events went.
[[nodiscard]] Result<std::int64_t> deleteEventsBefore(
    const std::filesystem::path& logsDatabase, TimePoint moment);

}  // namespace mailreeve::store
