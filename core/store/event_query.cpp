// Reading and ageing logs.db; writing it is event_log.cpp's.
#include <algorithm>
#include <utility>

#include "core/base/unix_time.h"
#include "core/store/event_log.h"
#include "core/store/event_tables.h"
#include "core/store/where.h"

namespace mailreeve::store {

namespace {

constexpr std::int64_t kMost = 10'000;
constexpr std::int64_t kDeletedAtOnce = 2'000;

Where criteria(const EventQuery& query) {
  Where where;
  where.addTimes("time", query.since, query.until);
  if (query.beforeId > 0) where.add("id < ?", {query.beforeId});
  if (query.afterId > 0) where.add("id > ?", {query.afterId});
  where.addEqual("queue_id", query.queueId);
  where.addEqual("trace_code", query.traceCode);
  where.addEqual("verdict", query.verdict);
  where.addEqual("program", query.program);
  where.addEqual("client", query.client);
  where.addMatch({"sender"}, query.sender);
  Where recipient;
  recipient.addMatch({"recipient"}, query.recipient);
  where.addAmong("id", {"SELECT event FROM event_recipient"}, recipient);
  where.addText({"subject", "message_id", "reason", "reply", "client", "login"},
                query.text);
  return where;
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
  event.login = row.text(7);
  event.sender = row.text(8);
  event.messageId = row.text(9);
  event.subject = row.text(10);
  event.size = row.integer(11);
  event.verdict = row.text(12);
  event.reason = row.text(13);
  event.reply = row.text(14);
  event.trace = row.text(15);
  return event;
}

}  // namespace

Result<std::vector<Event>> queryEvents(
    const std::filesystem::path& logsDatabase, const EventQuery& query) {
  auto database = Database::openToRead(logsDatabase, eventSchema());
  if (!database) return std::move(database).error();
  Where where = criteria(query);
  where.values.emplace_back(std::clamp<std::int64_t>(query.limit, 1, kMost));
  const bool ascending = query.oldestFirst || query.afterId > 0;
  auto rows = database->query(
      "SELECT id, time, program, kind, queue_id, trace_code, client, login, "
      "sender, message_id, subject, size, verdict, reason, reply, trace "
      "FROM event" +
          where.sql + " ORDER BY id " + (ascending ? "ASC" : "DESC") +
          " LIMIT ?",
      where.values);
  if (!rows) return std::move(rows).error();
  std::vector<Event> events;
  for (const auto& row : *rows) {
    Event event = eventOf(row);
    auto recipients = database->query(
        "SELECT recipient FROM event_recipient WHERE event = ? ORDER BY place",
        {event.id});
    if (!recipients) return std::move(recipients).error();
    for (const auto& recipient : *recipients)
      event.recipients.push_back(recipient.text(0));
    events.push_back(std::move(event));
  }
  return events;
}

Result<std::int64_t> deleteEventsBefore(
    const std::filesystem::path& logsDatabase, TimePoint moment) {
  auto database = openEvents(logsDatabase);
  if (!database) return std::move(database).error();
  std::int64_t deleted = 0;
  for (;;) {
    auto gone = database->execute(
        "DELETE FROM event WHERE id IN "
        "(SELECT id FROM event WHERE time < ? ORDER BY time LIMIT ?)",
        {toMilliseconds(moment), kDeletedAtOnce});
    if (!gone) return std::move(gone).error();
    deleted += *gone;
    if (*gone < kDeletedAtOnce) return deleted;
  }
}

}  // namespace mailreeve::store
