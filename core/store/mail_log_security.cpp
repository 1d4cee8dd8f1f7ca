// The security log: what events and Postfix's refusals tell of.
#include <chrono>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/mail_log.h"
#include "core/store/security_type.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kText = 1000;
constexpr std::size_t kRecipients = 2000;  // Bytes of a list of recipients.
constexpr const char* kCursor = "security";

// An event and the lines about the same queue file are this near at most.
constexpr std::int64_t kNear =
    std::chrono::duration_cast<std::chrono::milliseconds>(1h).count();

struct SecurityRow {
  std::int64_t time = 0;
  std::string source;
  std::string sender;
  std::string recipient;
  std::string subject;
  std::string program;
  std::string queueId;
  std::string traceCode;
};

std::string bounded(std::string_view text, std::size_t limit = kText) {
  return printable(text.substr(0, limit));
}

Result<Done> insert(Database& database,
                    const SecurityRow& row,
                    const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    auto added = database.execute(
        "INSERT INTO security(time, type, verdict, source, sender, recipient, "
        "subject, event, program, queue_id, trace_code) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        {row.time,
         std::string(name(finding.type)),
         finding.verdict,
         row.source,
         row.sender,
         row.recipient,
         row.subject,
         bounded(finding.event),
         row.program,
         row.queueId,
         row.traceCode});
    if (!added) return std::move(added).error();
  }
  return Done{};
}

Event eventOf(const Row& row) {
  Event event;
  event.id = row.integer(0);
  event.time = fromMilliseconds(row.integer(1));
  event.program = row.text(2);
  event.kind = row.text(3);
  event.queueId = row.text(4);
  event.traceCode = row.text(5);
  event.client = row.text(6);
  event.sender = row.text(7);
  event.subject = row.text(8);
  event.verdict = row.text(9);
  event.reason = row.text(10);
  event.trace = row.text(11);
  return event;
}

}  // namespace

Result<Done> MailLog::addRefusal(const MailEntry& entry) {
  return insert(database_,
                {.time = toMilliseconds(entry.time),
                 .source = bounded(entry.client),
                 .sender = bounded(entry.sender),
                 .recipient = bounded(entry.recipient),
                 .program = bounded(entry.program),
                 .queueId = std::string(entry.queueId)},
                findingsOf(entry));
}

// The event comes before or after the lines about its queue file.
Result<Done> MailLog::nameQueue(const Event& event) {
  if (event.kind != "message" || event.queueId.empty()) return Done{};
  auto named = database_.execute(
      "UPDATE mail_queue SET subject = ?, trace_code = ? WHERE id = "
      "(SELECT id FROM mail_queue WHERE queue_id = ? "
      "AND started BETWEEN ? AND ? ORDER BY id DESC LIMIT 1)",
      {event.subject,
       event.traceCode,
       event.queueId,
       toMilliseconds(event.time) - kNear,
       toMilliseconds(event.time) + kNear});
  if (!named) return std::move(named).error();
  return Done{};
}

Result<Done> MailLog::takeEvent(Event event) {
  auto named = nameQueue(event);
  if (!named) return named;
  const auto findings = findingsOf(event);
  if (findings.empty()) return Done{};
  auto recipients = database_.query(
      "SELECT recipient FROM event_recipient WHERE event = ? "
      "ORDER BY place LIMIT 100",
      {event.id});
  if (!recipients) return std::move(recipients).error();
  for (const auto& recipient : *recipients)
    event.recipients.push_back(recipient.text(0));
  return insert(
      database_,
      {.time = toMilliseconds(event.time),
       .source = event.client,
       .sender = event.sender,
       .recipient = bounded(join(event.recipients, ", "), kRecipients),
       .subject = event.subject,
       .program = event.program,
       .queueId = event.queueId,
       .traceCode = event.traceCode},
      findings);
}

Result<std::int64_t> MailLog::takeEvents(std::int64_t limit) {
  auto cursor = database_.query("SELECT value FROM log_cursor WHERE name = ?",
                                {std::string(kCursor)});
  if (!cursor) return std::move(cursor).error();
  std::int64_t last = cursor->empty() ? 0 : cursor->front().integer(0);
  auto rows = database_.query(
      "SELECT id, time, program, kind, queue_id, trace_code, client, sender, "
      "subject, verdict, reason, trace FROM event WHERE id > ? "
      "ORDER BY id LIMIT ?",
      {last, limit});
  if (!rows) return std::move(rows).error();
  if (rows->empty()) return 0;
  auto taken = batch([&]() -> Result<Done> {
    for (const auto& row : *rows) {
      last = row.integer(0);
      auto one = takeEvent(eventOf(row));
      if (!one) return one;
    }
    auto moved = database_.execute(
        "INSERT INTO log_cursor(name, value) VALUES(?, ?) "
        "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        {std::string(kCursor), last});
    if (!moved) return std::move(moved).error();
    return Done{};
  });
  if (!taken) return std::move(taken).error();
  return static_cast<std::int64_t>(rows->size());
}

}  // namespace mailreeve::store
