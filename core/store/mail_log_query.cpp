#include "core/store/mail_log_query.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/unix_time.h"
#include "core/store/security_type.h"
#include "core/store/where.h"

namespace mailreeve::store {

namespace {

constexpr std::int64_t kMost = 10'000;
constexpr std::int64_t kDeletedAtOnce = 2'000;

std::string statusName(std::int64_t status) {
  constexpr auto kLast = static_cast<std::int64_t>(DeliveryStatus::Sent);
  return std::string(name(
      static_cast<DeliveryStatus>(std::clamp<std::int64_t>(status, 0, kLast))));
}

// Nothing for what is the name of none.
std::optional<std::int64_t> statusNumber(const std::string& text) {
  for (std::int64_t i = 0; i <= static_cast<std::int64_t>(DeliveryStatus::Sent);
       ++i)
    if (text == name(static_cast<DeliveryStatus>(i))) return i;
  return std::nullopt;
}

Result<Where> criteria(const MailLogQuery& query) {
  Where where;
  where.addTimes("d.time", query.since, query.until);
  if (query.beforeId > 0) where.add("d.id < ?", {query.beforeId});
  where.addMatch({"q.sender"}, query.sender);
  where.addMatch({"d.recipient"}, query.recipient);
  where.addMatch({"q.subject"}, query.subject);
  where.addMatch({"q.message_id"}, query.messageId);
  where.addEqual("q.queue_id", query.queueId);
  if (query.status == "within") {
    where.add(
        "d.status = ? AND q.sender <> '' "
        "AND (q.login <> '' OR q.client = '')",
        {static_cast<std::int64_t>(DeliveryStatus::Received)});
  } else if (!query.status.empty()) {
    const auto status = statusNumber(query.status);
    if (!status)
      return Error{
          ErrorCode::Invalid,
          "'" + query.status + "' is no status: " + std::string(kStatusNames)};
    where.add("d.status = ?", {*status});
  }
  where.addText({"q.message_id", "q.sender", "d.recipient", "q.subject"},
                query.text);
  return where;
}

Result<Where> criteria(const SecurityQuery& query) {
  if (!query.type.empty() && !securityTypeNamed(query.type))
    return Error{ErrorCode::Invalid,
                 "'" + query.type + "' is no type: " + securityTypeNames()};
  Where where;
  where.addTimes("time", query.since, query.until);
  if (query.beforeId > 0) where.add("id < ?", {query.beforeId});
  where.addEqual("type", query.type);
  where.addMatch({"source"}, query.source);
  where.addMatch({"sender"}, query.sender);
  // One of several, perhaps.
  if (!query.recipient.empty())
    where.addMatch({"recipient"}, "*" + query.recipient + "*");
  where.addMatch({"subject"}, query.subject);
  where.addMatch({"event"}, query.event);
  where.addText({"source", "sender", "recipient", "subject", "event"},
                query.text);
  return where;
}

MailRecord recordOf(const Row& row) {
  MailRecord record;
  record.id = row.integer(0);
  record.time = fromMilliseconds(row.integer(1));
  record.queueId = row.text(2);
  record.messageId = row.text(3);
  record.client = row.text(4);
  record.login = row.text(5);
  record.sender = row.text(6);
  record.recipient = row.text(7);
  record.subject = row.text(8);
  record.size = row.integer(9);
  record.status = statusName(row.integer(10));
  record.attempts = row.integer(11);
  record.relay = row.text(12);
  record.detail = row.text(13);
  record.traceCode = row.text(14);
  return record;
}

}  // namespace

Result<std::vector<MailRecord>> queryMailLog(
    const std::filesystem::path& logsDatabase, const MailLogQuery& query) {
  auto where = criteria(query);
  if (!where) return std::move(where).error();
  auto database = openMailLogToRead(logsDatabase);
  if (!database) return std::move(database).error();
  where->values.emplace_back(std::clamp<std::int64_t>(query.limit, 1, kMost));
  auto rows = database->query(
      "SELECT d.id, d.time, q.queue_id, q.message_id, q.client, q.login, "
      "q.sender, d.recipient, q.subject, q.size, d.status, d.attempts, "
      "d.relay, d.detail, q.trace_code FROM mail_delivery d "
      "JOIN mail_queue q ON q.id = d.queue" +
          where->sql + " ORDER BY d.id DESC LIMIT ?",
      where->values);
  if (!rows) return std::move(rows).error();
  std::vector<MailRecord> records;
  records.reserve(rows->size());
  for (const auto& row : *rows) records.push_back(recordOf(row));
  return records;
}

Result<std::vector<SecurityRecord>> querySecurity(
    const std::filesystem::path& logsDatabase, const SecurityQuery& query) {
  auto where = criteria(query);
  if (!where) return std::move(where).error();
  auto database = openMailLogToRead(logsDatabase);
  if (!database) return std::move(database).error();
  where->values.emplace_back(std::clamp<std::int64_t>(query.limit, 1, kMost));
  auto rows = database->query(
      "SELECT id, time, type, verdict, source, sender, recipient, subject, "
      "event, program, queue_id, trace_code FROM security" +
          where->sql + " ORDER BY id DESC LIMIT ?",
      where->values);
  if (!rows) return std::move(rows).error();
  std::vector<SecurityRecord> records;
  records.reserve(rows->size());
  for (const auto& row : *rows)
    records.push_back({row.integer(0),
                       fromMilliseconds(row.integer(1)),
                       row.text(2),
                       row.text(3),
                       row.text(4),
                       row.text(5),
                       row.text(6),
                       row.text(7),
                       row.text(8),
                       row.text(9),
                       row.text(10),
                       row.text(11)});
  return records;
}

Result<std::int64_t> deleteMailLogBefore(
    const std::filesystem::path& logsDatabase, TimePoint moment) {
  auto database = openMailLog(logsDatabase);
  if (!database) return std::move(database).error();
  constexpr std::array<std::pair<const char*, const char*>, 4> kTables{
      {{"mail_line", "time"},
       {"mail_delivery", "time"},
       {"mail_queue", "started"},
       {"security", "time"}}};
  std::int64_t deleted = 0;
  for (const auto& [table, column] : kTables) {
    const std::string from =
        std::string("DELETE FROM ") + table + " WHERE id IN (SELECT id FROM " +
        table + " WHERE " + column + " < ? ORDER BY " + column + " LIMIT ?)";
    for (std::int64_t gone = kDeletedAtOnce; gone == kDeletedAtOnce;) {
      auto changed =
          database->execute(from, {toMilliseconds(moment), kDeletedAtOnce});
      if (!changed) return std::move(changed).error();
      gone = *changed;
      if (std::string(table) != "mail_line" &&
          std::string(table) != "mail_queue")
        deleted += gone;
    }
  }
  auto loose = database->execute(
      "DELETE FROM mail_link WHERE parent NOT IN (SELECT id FROM mail_queue)");
  if (!loose) return std::move(loose).error();
  return deleted;
}

}  // namespace mailreeve::store
