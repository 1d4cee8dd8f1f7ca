#include "core/store/mail_log_tables.h"

#include "core/store/event_tables.h"
#include "core/store/mail_entry.h"

namespace mailreeve::store {

// Times are milliseconds since 1970, UTC. `queue` 0: no queue file is known.
// Indices hold only the rows that can be looked for by them: most lines have a
// queue file and are found through it.
const Schema& mailLogSchema() {
  static const Schema schema{
      "mail_log",
      {{
          "CREATE TABLE mail_queue("
          "id INTEGER PRIMARY KEY AUTOINCREMENT, queue_id TEXT NOT NULL, "
          "started BIGINT NOT NULL, ended BIGINT NOT NULL, "
          "client TEXT NOT NULL, login TEXT NOT NULL, sender TEXT NOT NULL, "
          "message_id TEXT NOT NULL, subject TEXT NOT NULL, "
          "size BIGINT NOT NULL, recipients BIGINT NOT NULL, "
          "trace_code TEXT NOT NULL)",
          "CREATE INDEX mail_queue_queue_id ON mail_queue(queue_id)",
          "CREATE INDEX mail_queue_message_id ON mail_queue(message_id) "
          "WHERE message_id <> ''",
          "CREATE INDEX mail_queue_sender ON mail_queue(LOWER(sender))",
          "CREATE INDEX mail_queue_started ON mail_queue(started)",

          "CREATE TABLE mail_delivery("
          "id INTEGER PRIMARY KEY AUTOINCREMENT, queue BIGINT NOT NULL, "
          "time BIGINT NOT NULL, recipient TEXT NOT NULL, "
          "mailbox TEXT NOT NULL, alias INTEGER NOT NULL, "
          "status INTEGER NOT NULL, attempts BIGINT NOT NULL, "
          "relay TEXT NOT NULL, detail TEXT NOT NULL, session TEXT NOT NULL)",
          "CREATE UNIQUE INDEX mail_delivery_key "
          "ON mail_delivery(queue, recipient)",
          "CREATE INDEX mail_delivery_recipient "
          "ON mail_delivery(LOWER(recipient))",
          "CREATE INDEX mail_delivery_session ON mail_delivery(session) "
          "WHERE session <> ''",
          "CREATE INDEX mail_delivery_time ON mail_delivery(time)",

          "CREATE TABLE mail_line("
          "id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, "
          "exact INTEGER NOT NULL, program TEXT NOT NULL, kind TEXT NOT NULL, "
          "queue BIGINT NOT NULL, session TEXT NOT NULL, "
          "message_id TEXT NOT NULL, trace_code TEXT NOT NULL, "
          "client TEXT NOT NULL, login TEXT NOT NULL, sender TEXT NOT NULL, "
          "recipient TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL)",
          "CREATE INDEX mail_line_queue ON mail_line(queue) WHERE queue <> 0",
          "CREATE INDEX mail_line_session ON mail_line(session) "
          "WHERE session <> ''",
          "CREATE INDEX mail_line_message_id ON mail_line(message_id) "
          "WHERE message_id <> ''",
          "CREATE INDEX mail_line_trace_code ON mail_line(trace_code) "
          "WHERE trace_code <> ''",
          "CREATE INDEX mail_line_client ON mail_line(client) WHERE queue = 0",
          "CREATE INDEX mail_line_sender ON mail_line(LOWER(sender)) "
          "WHERE queue = 0",
          "CREATE INDEX mail_line_recipient ON mail_line(LOWER(recipient)) "
          "WHERE recipient <> ''",
          "CREATE INDEX mail_line_time ON mail_line(time)",

          "CREATE TABLE mail_link(parent BIGINT NOT NULL, "
          "child BIGINT NOT NULL, how TEXT NOT NULL, "
          "PRIMARY KEY(parent, child))",
          "CREATE INDEX mail_link_child ON mail_link(child)",

          "CREATE TABLE security("
          "id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, "
          "type TEXT NOT NULL, verdict TEXT NOT NULL, source TEXT NOT NULL, "
          "sender TEXT NOT NULL, recipient TEXT NOT NULL, "
          "subject TEXT NOT NULL, event TEXT NOT NULL, program TEXT NOT NULL, "
          "queue_id TEXT NOT NULL, trace_code TEXT NOT NULL)",
          "CREATE INDEX security_time ON security(time)",

          "CREATE TABLE log_position(path TEXT PRIMARY KEY, "
          "device BIGINT NOT NULL, inode BIGINT NOT NULL, "
          "offset_bytes BIGINT NOT NULL, print_bytes BIGINT NOT NULL, "
          "print TEXT NOT NULL, problem TEXT NOT NULL)",
          "CREATE TABLE log_cursor(name TEXT PRIMARY KEY, "
          "value BIGINT NOT NULL)",
      }}};
  return schema;
}

Result<Database> openMailLog(const std::filesystem::path& logsDatabase) {
  auto database = openEvents(logsDatabase);
  if (!database) return database;
  auto migrated = database->migrate(mailLogSchema());
  if (!migrated) return std::move(migrated).error();
  return database;
}

Result<Database> openMailLogToRead(const std::filesystem::path& logsDatabase) {
  auto database = Database::openToRead(logsDatabase, mailLogSchema());
  // milterd and policyd may have made the file before mgmtd ever ran.
  if (!database && database.error().code == ErrorCode::NotFound)
    return Error{ErrorCode::NotFound, "no log file was collected yet"};
  return database;
}

std::string_view name(DeliveryStatus status) {
  switch (status) {
    case DeliveryStatus::Waiting:
      return "waiting";
    case DeliveryStatus::Failed:
      return "failed";
    case DeliveryStatus::Discarded:
      return "discarded";
    case DeliveryStatus::Received:
      return "received";
    case DeliveryStatus::Sent:
      break;
  }
  return "sent";
}

std::string_view name(EntryKind kind) {
  switch (kind) {
    case EntryKind::Accepted:
      return "accepted";
    case EntryKind::MessageId:
      return "message-id";
    case EntryKind::Queued:
      return "queued";
    case EntryKind::Delivery:
      return "delivery";
    case EntryKind::Removed:
      return "removed";
    case EntryKind::Expired:
      return "expired";
    case EntryKind::Linked:
      return "linked";
    case EntryKind::Rejected:
      return "rejected";
    case EntryKind::Discarded:
      return "discarded";
    case EntryKind::Held:
      return "held";
    case EntryKind::Connection:
      return "connection";
    case EntryKind::Stored:
      return "stored";
    case EntryKind::SieveDiscard:
      return "sieve-discard";
    case EntryKind::Forwarded:
      return "forwarded";
    case EntryKind::SieveReject:
      return "sieve-reject";
    case EntryKind::Failed:
      return "failed";
    case EntryKind::Login:
      return "login";
    case EntryKind::LoginFailed:
      return "login-failed";
    case EntryKind::Verdict:
      break;
  }
  return "verdict";
}

}  // namespace mailreeve::store
