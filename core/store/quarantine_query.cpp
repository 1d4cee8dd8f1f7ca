// Reading the index: searches of administrators, and what a digest tells.
#include <algorithm>
#include <utility>

#include "core/base/unix_time.h"
#include "core/store/quarantine.h"
#include "core/store/quarantine_tables.h"
#include "core/store/where.h"

namespace mailreeve::store {

namespace {

constexpr std::int64_t kMost = 1000;

std::string requestedAndUndecided() {
  return "requested > 0 AND " + anyReleasable();
}

Where criteria(const QuarantineQuery& query) {
  Where where;
  where.addTimes("received", query.since, query.until);
  if (!query.beforeId.empty())
    where.add(
        "(received, id) < (SELECT received, id FROM quarantine_message "
        "WHERE id = ?)",
        {query.beforeId});
  where.addMatch({"sender"}, query.sender);
  where.addEqual("step", query.step);
  where.addEqual("queue_id", query.queueId);
  where.addEqual("trace_code", query.traceCode);
  if (query.kind) where.addEqual("kind", std::string(name(*query.kind)));
  if (query.requested) where.add(requestedAndUndecided(), {});
  Where recipient;
  recipient.addMatch({"mailbox", "address", "original"}, query.recipient);
  Where state;
  if (query.state) state.addEqual("state", std::string(name(*query.state)));
  for (const auto& one : {recipient, state})
    where.addAmong("id", {"SELECT message FROM quarantine_recipient"}, one);
  where.addText({"subject"}, query.subject);
  where.addText({"found"}, query.found);
  where.addText({"subject", "found", "reason", "message_id", "author"},
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

Result<std::vector<std::string>> Quarantine::untoldSenders(
    const std::vector<HeldKind>& kinds) {
  if (kinds.empty()) return std::vector<std::string>{};
  Values values;
  const std::string which = kindsOf(kinds, values);
  const std::lock_guard lock(mutex_);
  auto rows = database_.query(
      "SELECT DISTINCT login FROM quarantine_message WHERE sender_told = 0 AND "
      "login <> '' AND gone = 0 AND " +
          which + " ORDER BY login",
      values);
  if (!rows) return std::move(rows).error();
  std::vector<std::string> logins;
  for (const auto& row : *rows) logins.push_back(row.text(0));
  return logins;
}

Result<std::vector<HeldMessage>> Quarantine::newsOfSender(
    const std::vector<std::string>& logins,
    const std::vector<HeldKind>& kinds,
    std::int64_t limit) {
  if (logins.empty() || kinds.empty()) return std::vector<HeldMessage>{};
  Values values(logins.begin(), logins.end());
  const std::string which = kindsOf(kinds, values);
  values.emplace_back(limit);
  return read(" WHERE sender_told = 0 AND gone = 0 AND login IN (" +
                  questionMarks(logins.size()) + ") AND " + which + " AND " +
                  anyReleasable() + " ORDER BY received DESC, id DESC LIMIT ?",
              values);
}

Result<Done> Quarantine::toldSender(const std::vector<HeldMessage>& messages) {
  const std::int64_t now = toMilliseconds(clock_.now());
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Done> {
    for (const auto& message : messages) {
      auto marked = database_.execute(
          "UPDATE quarantine_message SET sender_told = ? WHERE id = ?",
          {now, message.id});
      if (!marked) return std::move(marked).error();
    }
    return Done{};
  });
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

Result<std::int64_t> Quarantine::requests() {
  const std::lock_guard lock(mutex_);
  auto rows = database_.query("SELECT COUNT(*) FROM quarantine_message WHERE " +
                              requestedAndUndecided());
  if (!rows) return std::move(rows).error();
  return rows->at(0).integer(0);
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
