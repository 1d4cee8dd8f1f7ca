// All that logs.db knows of one message, or of a group of them that came of
// each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/event_log.h"
#include "core/store/mail_log.h"

namespace mailreeve::store {

struct QueueRow {
  std::int64_t id = 0;
  std::string queueId;
  TimePoint started;
  std::optional<TimePoint> ended;  // Nothing: it may still wait.
  std::string client;
  std::string login;
  std::string sender;
  std::string messageId;
  std::string subject;
  std::int64_t size = 0;
  std::int64_t recipients = 0;  // 0: it never got into the queue.
  std::string traceCode;
};

struct LineRow {
  std::int64_t id = 0;
  TimePoint time;
  bool exact = false;
  std::string program;
  std::string kind;  // Of EntryKind.
  std::int64_t queue = 0;
  std::string session;
  std::string messageId;
  std::string traceCode;
  std::string client;
  std::string login;
  std::string sender;
  std::string recipient;
  std::string status;
  std::string text;
};

struct LinkRow {
  std::int64_t parent = 0;
  std::int64_t child = 0;
  std::string how;
};

// In the order in which they were written.
struct TraceRows {
  std::vector<QueueRow> queues;
  std::vector<LineRow> lines;
  std::vector<LinkRow> links;
  std::vector<Event> events;
  std::size_t otherUses = 0;  // Of a queue id, before this message.
  bool cut = false;           // There is more than is shown.
};

// `id` is a queue id, a message id (with or without brackets), a trace code or
// the id of a message in quarantine.
// What came of the message, and what it came of, is there as well: bounces,
// forwarded copies, queue files that replaced another. Empty: nothing is known
// of it. NotFound: nothing was ever logged.
[[nodiscard]] Result<TraceRows> gatherTrace(
    const std::filesystem::path& logsDatabase, const std::string& id);

// Every criterion that is set must hold; addresses in any case, with `*`.
struct TraceQuery {
  std::optional<TimePoint> since;
  std::optional<TimePoint> until;
  std::string sender;
  std::string recipient;
  std::string client;  // An address.
  std::int64_t limit = 100;
};

// Queue files and, of what never came to have one, single lines and events;
// each list the newest first.
struct TraceCandidates {
  std::vector<QueueRow> queues;
  std::vector<LineRow> lines;
  std::vector<Event> events;
};

[[nodiscard]] Result<TraceCandidates> findTraces(
    const std::filesystem::path& logsDatabase, const TraceQuery& query);

// How each log file stands, for what is not known: read by `mgmtctl trace`.
[[nodiscard]] Result<std::vector<LogPosition>> logPositions(
    const std::filesystem::path& logsDatabase);

}  // namespace mailreeve::store
