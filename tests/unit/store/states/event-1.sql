CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('event', 1);
CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, program TEXT NOT
  NULL, kind TEXT NOT NULL, queue_id TEXT NOT NULL, trace_code TEXT NOT NULL, client TEXT NOT
  NULL, login TEXT NOT NULL, sender TEXT NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT
  NULL, size BIGINT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, reply TEXT NOT NULL,
  trace TEXT NOT NULL);
CREATE TABLE event_recipient(event BIGINT NOT NULL REFERENCES event(id) ON DELETE CASCADE, place
  INTEGER NOT NULL, recipient TEXT NOT NULL, PRIMARY KEY(event, place));
CREATE INDEX event_time ON event(time);
CREATE INDEX event_queue_id ON event(queue_id);
CREATE INDEX event_trace_code ON event(trace_code);
CREATE INDEX event_sender ON event(LOWER(sender));
CREATE INDEX event_recipient_address ON event_recipient(LOWER(recipient));
INSERT INTO event VALUES(9, 1700568000000, 'milterd', 'message', '4ABC', 'T7K2M9QX', '192.0.2.1', '',
  'friend@far.example', '<1@far.example>', 'Hello', 1234, 'pass', '', '250', '[]');
INSERT INTO event_recipient VALUES(9, 0, 'alice@example.com');
