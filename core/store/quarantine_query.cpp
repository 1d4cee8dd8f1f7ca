// Reading the index: searches of administrators, and what a digest tells.
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/like.h"
#include "core/store/quarantine.h"
#include "core/store/quarantine_tables.h"

namespace mailreeve::store {

namespace {

constexpr std::int64_t kMost = 1000;

// The WHERE clause as it grows.
struct Where {
  std::string sql;
  Values values;

  void add(const std::string& condition, const Values& more) {
    sql += (sql.empty() ? " WHERE " : " AND ") + condition;
    values.insert(values.end(), more.begin(), more.end());
  }

  void addEqual(const char* column, const std::string& value) {
    if (!value.empty()) add(std::string(column) + " = ?", {value});
  }

  void addPart(const std::vector<const char*>& columns,
               const std::string& text) {
    if (text.empty()) return;
    const std::string pattern =
        "%" + likePattern(replaceAll(text, "*", "")) + "%";
    std::string any;
    Values patterns;
    for (const char* column : columns) {
      any += std::string(any.empty() ? "(" : " OR ") + "LOWER(" + column +
             ") LIKE ? ESCAPE '\\'";
      patterns.emplace_back(pattern);
    }
    add(any + ")", patterns);
  }
};

// An address without `*` is compared, so that the index helps.
std::string matching(const std::string& column, const std::string& pattern) {
  return pattern.find('*') == std::string::npos
             ? "LOWER(" + column + ") = ?"
             : "LOWER(" + column + ") LIKE ? ESCAPE '\\'";
}

std::string asValue(const std::string& pattern) {
  return pattern.find('*') == std::string::npos ? lower(pattern)
                                                : likePattern(pattern);
}

void addRecipient(Where& where, const std::string& pattern) {
  std::string any;
  for (const char* column : {"mailbox", "address", "original"})
    any += std::string(any.empty() ? "" : " OR ") + matching(column, pattern);
  const std::string value = asValue(pattern);
  where.add(
      "id IN (SELECT message FROM quarantine_recipient WHERE " + any + ")",
      {value, value, value});
}

Where criteria(const QuarantineQuery& query) {
  Where where;
  if (query.since) where.add("received >= ?", {toMilliseconds(*query.since)});
  if (query.until) where.add("received < ?", {toMilliseconds(*query.until)});
  if (!query.beforeId.empty())
    where.add(
        "(received, id) < (SELECT received, id FROM quarantine_message "
        "WHERE id = ?)",
        {query.beforeId});
  if (!query.sender.empty())
    where.add(matching("sender", query.sender), {asValue(query.sender)});
  if (!query.recipient.empty()) addRecipient(where, query.recipient);
  where.addEqual("step", query.step);
  where.addEqual("queue_id", query.queueId);
  where.addEqual("trace_code", query.traceCode);
  if (query.kind) where.addEqual("kind", std::string(name(*query.kind)));
  if (query.state)
    where.add(
        "id IN (SELECT message FROM quarantine_recipient WHERE "
        "state = ?)",
        {std::string(name(*query.state))});
  where.addPart({"subject"}, query.subject);
  where.addPart({"found"}, query.found);
  where.addPart({"subject", "found", "reason", "message_id", "author"},
                query.text);
  return where;
}

// "kind IN (?, ?)" with the kinds behind `values`.
std::string kindsOf(const std::vector<HeldKind>& kinds, Values& values) {
  for (const auto kind : kinds) values.emplace_back(std::string(name(kind)));
  return "kind IN (" + questionMarks(kinds.size()) + ")";
}

}  // namespace

Result<std::vector<HeldMessage>> Quarantine::read(const std::string& where,
                                                  const Values& values) {
  const std::lock_guard lock(mutex_);
  auto rows = database_.query(selectHeld() + where, values);
  if (!rows) return std::move(rows).error();
  std::vector<HeldMessage> messages;
  messages.reserve(rows->size());
  for (const auto& row : *rows) {
    auto message = heldMessageOf(row);
    auto recipients = database_.query(
        selectHeldRecipients() + " WHERE message = ? ORDER BY address",
        {message.id});
    if (!recipients) return std::move(recipients).error();
    for (const auto& one : *recipients)
      message.recipients.push_back(heldRecipientOf(one));
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<std::vector<HeldMessage>> Quarantine::search(
    const QuarantineQuery& query) {
  Where where = criteria(query);
  where.values.emplace_back(std::clamp<std::int64_t>(query.limit, 1, kMost));
  return read(where.sql + " ORDER BY received DESC, id DESC LIMIT ?",
              where.values);
}

Result<std::vector<std::string>> Quarantine::untold(
    const std::vector<HeldKind>& kinds) {
  if (kinds.empty()) return std::vector<std::string>{};
  Values values;
  const std::string which = kindsOf(kinds, values);
  const std::lock_guard lock(mutex_);
  auto rows = database_.query(
      "SELECT DISTINCT mailbox FROM quarantine_recipient WHERE "
      "state = 'held' AND told = 0 AND " +
          which + " ORDER BY mailbox",
      values);
  if (!rows) return std::move(rows).error();
  std::vector<std::string> mailboxes;
  for (const auto& row : *rows) mailboxes.push_back(row.text(0));
  return mailboxes;
}

Result<std::vector<HeldMessage>> Quarantine::news(
    const std::string& mailbox,
    const std::vector<HeldKind>& kinds,
    std::int64_t limit) {
  if (kinds.empty()) return std::vector<HeldMessage>{};
  Values values{mailbox};
  const std::string which = kindsOf(kinds, values);
  values.emplace_back(limit);
  return read(
      " WHERE id IN (SELECT message FROM quarantine_recipient WHERE "
      "mailbox = ? AND state = 'held' AND told = 0 AND " +
          which + ") ORDER BY received DESC, id DESC LIMIT ?",
      values);
}

Result<Done> Quarantine::told(const std::string& mailbox,
                              const std::vector<HeldMessage>& messages) {
  const std::int64_t now = toMilliseconds(clock_.now());
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Done> {
    for (const auto& message : messages) {
      auto marked = database_.execute(
          "UPDATE quarantine_recipient SET told = ? WHERE message = ? AND "
          "mailbox = ?",
          {now, message.id, mailbox});
      if (!marked) return std::move(marked).error();
    }
    return Done{};
  });
}

Result<std::vector<StateCount>> Quarantine::states() {
  const std::lock_guard lock(mutex_);
  auto rows = database_.query(
      "SELECT kind, state, COUNT(*) FROM quarantine_recipient "
      "GROUP BY kind, state ORDER BY kind, state");
  if (!rows) return std::move(rows).error();
  std::vector<StateCount> counts;
  for (const auto& row : *rows)
    counts.push_back({kindNamed(row.text(0)).value_or(HeldKind::Content),
                      stateNamed(row.text(1)).value_or(HeldState::Held),
                      row.integer(2)});
  return counts;
}

}  // namespace mailreeve::store
