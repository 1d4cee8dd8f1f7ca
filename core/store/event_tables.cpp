#include "core/store/event_tables.h"

#include "core/store/dmarc_rows.h"

namespace mailreeve::store {

const Schema& eventSchema() {
  // Times are milliseconds since 1970, UTC.
  static const Schema schema{
      "event",
      {{
          "CREATE TABLE event("
          "id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, "
          "program TEXT NOT NULL, kind TEXT NOT NULL, queue_id TEXT NOT NULL, "
          "trace_code TEXT NOT NULL, client TEXT NOT NULL, "
          "login TEXT NOT NULL, sender TEXT NOT NULL, "
          "message_id TEXT NOT NULL, subject TEXT NOT NULL, "
          "size BIGINT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, "
          "reply TEXT NOT NULL, trace TEXT NOT NULL)",
          "CREATE TABLE event_recipient("
          "event BIGINT NOT NULL REFERENCES event(id) ON DELETE CASCADE, "
          "place INTEGER NOT NULL, recipient TEXT NOT NULL, "
          "PRIMARY KEY(event, place))",
          "CREATE INDEX event_time ON event(time)",
          "CREATE INDEX event_queue_id ON event(queue_id)",
          "CREATE INDEX event_trace_code ON event(trace_code)",
          "CREATE INDEX event_sender ON event(LOWER(sender))",
          "CREATE INDEX event_recipient_address "
          "ON event_recipient(LOWER(recipient))",
      }}};
  return schema;
}

Result<Database> openEvents(const std::filesystem::path& logsDatabase) {
  auto database = Database::open(
      logsDatabase, eventSchema(), {.durability = Durability::Normal});
  if (!database) return database;
  auto migrated = database->migrate(dmarcSchema());
  if (!migrated) return std::move(migrated).error();
  return database;
}

}  // namespace mailreeve::store
