#include "core/store/quarantine_tables.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"

namespace mailreeve::store {

namespace {

constexpr std::size_t kText = 2000;

}  // namespace

const Schema& quarantineSchema() {
  // Times are milliseconds since 1970, UTC; 0: never. `recovered`: the file was
  // found without a row, so that its sender was never told that it was taken.
  static const Schema tables{
      "quarantine",
      {{
           "CREATE TABLE quarantine_message("
           "id TEXT PRIMARY KEY, received BIGINT NOT NULL, "
           "client TEXT NOT NULL, client_name TEXT NOT NULL, "
           "helo TEXT NOT NULL, login TEXT NOT NULL, sender TEXT NOT NULL, "
           "author TEXT NOT NULL, subject TEXT NOT NULL, "
           "message_id TEXT NOT NULL, size BIGINT NOT NULL, "
           "sha256 TEXT NOT NULL, kind TEXT NOT NULL, step TEXT NOT NULL, "
           "found TEXT NOT NULL, reason TEXT NOT NULL, "
           "generation TEXT NOT NULL, queue_id TEXT NOT NULL, "
           "trace_code TEXT NOT NULL, recovered INTEGER NOT NULL, "
           "gone INTEGER NOT NULL)",
           "CREATE INDEX quarantine_received ON quarantine_message(received)",
           "CREATE INDEX quarantine_size ON quarantine_message(gone, size)",
           "CREATE INDEX quarantine_hash ON quarantine_message(sha256)",
           "CREATE INDEX quarantine_sender "
           "ON quarantine_message(LOWER(sender))",
           "CREATE TABLE quarantine_recipient("
           "message TEXT NOT NULL "
           "REFERENCES quarantine_message(id) ON DELETE CASCADE, "
           "address TEXT NOT NULL, mailbox TEXT NOT NULL, "
           "original TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, "
           "changed BIGINT NOT NULL, answer TEXT NOT NULL, who TEXT NOT NULL, "
           "tries INTEGER NOT NULL, next_try BIGINT NOT NULL, "
           "told BIGINT NOT NULL, PRIMARY KEY(message, address))",
           "CREATE INDEX quarantine_mailbox "
           "ON quarantine_recipient(mailbox, message)",
           "CREATE INDEX quarantine_due "
           "ON quarantine_recipient(state, next_try)",
           "CREATE TABLE quarantine_nonce("
           "nonce TEXT PRIMARY KEY, message TEXT NOT NULL, "
           "expires BIGINT NOT NULL)",
           "CREATE TABLE quarantine_approval("
           "message TEXT NOT NULL "
           "REFERENCES quarantine_message(id) ON DELETE CASCADE, "
           "who TEXT NOT NULL, time BIGINT NOT NULL, "
           "PRIMARY KEY(message, who))",
       },
       {
           // Of what is not gone: a sum over all of it would cost every message
           // that is held the more, the more there are.
           "CREATE TABLE quarantine_sum(one INTEGER PRIMARY KEY, "
           "messages BIGINT NOT NULL, bytes BIGINT NOT NULL)",
           "INSERT INTO quarantine_sum SELECT 1, COUNT(*), "
           "COALESCE(SUM(size), 0) FROM quarantine_message WHERE gone = 0",
           "DROP INDEX quarantine_size",
       },
       {
           // What a release waives beside the one verdict, with commas between,
           // and what has refused it. Consent is given to each verdict.
           "ALTER TABLE quarantine_recipient "
           "ADD COLUMN also_waived TEXT NOT NULL DEFAULT ''",
           "ALTER TABLE quarantine_recipient "
           "ADD COLUMN obstacle TEXT NOT NULL DEFAULT ''",
           "ALTER TABLE quarantine_recipient "
           "ADD COLUMN obstacle_found TEXT NOT NULL DEFAULT ''",
           "ALTER TABLE quarantine_recipient "
           "ADD COLUMN obstacle_reason TEXT NOT NULL DEFAULT ''",
           "CREATE TABLE quarantine_consent("
           "message TEXT NOT NULL "
           "REFERENCES quarantine_message(id) ON DELETE CASCADE, "
           "step TEXT NOT NULL, who TEXT NOT NULL, time BIGINT NOT NULL, "
           "PRIMARY KEY(message, step, who))",
           "INSERT INTO quarantine_consent(message, step, who, time) "
           "SELECT a.message, m.step, a.who, a.time FROM quarantine_approval a "
           "JOIN quarantine_message m ON m.id = a.message",
           "DROP TABLE quarantine_approval",
       },
       {
           // What its sender was told of, and asked for. Of what was held
           // before he could be told he is told nothing.
           "ALTER TABLE quarantine_message "
           "ADD COLUMN sender_told BIGINT NOT NULL DEFAULT 0",
           "ALTER TABLE quarantine_message "
           "ADD COLUMN requested BIGINT NOT NULL DEFAULT 0",
           "ALTER TABLE quarantine_message "
           "ADD COLUMN requested_by TEXT NOT NULL DEFAULT ''",
           "UPDATE quarantine_message SET sender_told = received",
           "CREATE INDEX quarantine_login "
           "ON quarantine_message(sender_told, login)",
       }}};
  return tables;
}

const std::string& selectHeld() {
  static const std::string sql =
      "SELECT id, received, client, client_name, helo, login, sender, author, "
      "subject, message_id, size, sha256, kind, step, found, reason, "
      "generation, queue_id, trace_code, requested, requested_by "
      "FROM quarantine_message";
  return sql;
}

HeldMessage heldMessageOf(const Row& row) {
  HeldMessage m;
  m.id = row.text(0);
  m.received = fromMilliseconds(row.integer(1));
  m.client = row.text(2);
  m.clientName = row.text(3);
  m.helo = row.text(4);
  m.login = row.text(5);
  m.sender = row.text(6);
  m.author = row.text(7);
  m.subject = row.text(8);
  m.messageId = row.text(9);
  m.size = row.integer(10);
  m.sha256 = row.text(11);
  m.kind = kindNamed(row.text(12)).value_or(HeldKind::Content);
  m.step = row.text(13);
  m.found = row.text(14);
  m.reason = row.text(15);
  m.generation = row.text(16);
  m.queueId = row.text(17);
  m.traceCode = row.text(18);
  m.requested = fromMilliseconds(row.integer(19));
  m.requestedBy = row.text(20);
  return m;
}

const std::string& selectHeldRecipients() {
  static const std::string sql =
      "SELECT address, mailbox, original, state, changed, answer, who, tries, "
      "next_try, also_waived, obstacle, obstacle_found, obstacle_reason "
      "FROM quarantine_recipient";
  return sql;
}

HeldRecipient heldRecipientOf(const Row& row) {
  HeldRecipient r;
  r.address = row.text(0);
  r.mailbox = row.text(1);
  r.original = row.text(2);
  r.state = stateNamed(row.text(3)).value_or(HeldState::Held);
  r.changed = fromMilliseconds(row.integer(4));
  r.answer = row.text(5);
  r.who = row.text(6);
  r.tries = row.integer(7);
  r.nextTry = fromMilliseconds(row.integer(8));
  r.alsoWaived = waivedOf(row.text(9));
  r.obstacle = {row.text(10), row.text(11), row.text(12)};
  return r;
}

Result<Done> insertHeld(Database& database,
                        const HeldMessage& m,
                        bool recovered) {
  return database.transaction([&]() -> Result<Done> {
    auto added = database.execute(
        "INSERT INTO quarantine_message(id, received, client, client_name, "
        "helo, login, sender, author, subject, message_id, size, sha256, kind, "
        "step, found, reason, generation, queue_id, trace_code, recovered, "
        "gone) VALUES(" +
            questionMarks(20) + ", 0)",
        {m.id,
         toMilliseconds(m.received),
         bounded(m.client),
         bounded(m.clientName),
         bounded(m.helo),
         bounded(m.login),
         bounded(m.sender),
         bounded(m.author),
         bounded(m.subject),
         bounded(m.messageId),
         m.size,
         m.sha256,
         std::string(name(m.kind)),
         bounded(m.step),
         bounded(m.found),
         bounded(m.reason),
         bounded(m.generation),
         bounded(m.queueId),
         bounded(m.traceCode),
         std::int64_t{recovered ? 1 : 0}});
    if (!added) return std::move(added).error();
    for (const auto& r : m.recipients) {
      auto one = database.execute(
          "INSERT INTO quarantine_recipient(message, address, mailbox, "
          "original, kind, state, changed, answer, who, tries, next_try, told) "
          "VALUES(?, ?, ?, ?, ?, 'held', ?, '', '', 0, 0, 0) "
          "ON CONFLICT(message, address) DO NOTHING",
          {m.id,
           bounded(r.address),
           bounded(r.mailbox),
           bounded(r.original),
           std::string(name(m.kind)),
           toMilliseconds(m.received)});
      if (!one) return std::move(one).error();
    }
    return addToSum(database, 1, m.size);
  });
}

Result<Done> addToSum(Database& database,
                      std::int64_t messages,
                      std::int64_t bytes) {
  auto added = database.execute(
      "UPDATE quarantine_sum SET messages = messages + ?, bytes = bytes + ?",
      {messages, bytes});
  if (!added) return std::move(added).error();
  return Done{};
}

std::vector<std::string> waivedOf(std::string_view column) {
  std::vector<std::string> names;
  if (column.empty()) return names;
  for (const auto name : split(column, ',')) names.emplace_back(name);
  return names;
}

std::vector<std::string> sortedTexts(const Rows& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.text(0));
  std::sort(out.begin(), out.end());
  return out;
}

std::string anyReleasable() {
  return "EXISTS (SELECT 1 FROM quarantine_recipient WHERE message = id AND " +
         std::string(kReleasable) + ")";
}

std::string among(const std::vector<std::string>& addresses, Values& values) {
  if (addresses.empty()) return {};
  values.insert(values.end(), addresses.begin(), addresses.end());
  return " AND address IN (" + questionMarks(addresses.size()) + ")";
}

std::string questionMarks(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ", ?";
  return out;
}

std::string bounded(const std::string& text) {
  return printable(text.substr(0, kText));
}

}  // namespace mailreeve::store
