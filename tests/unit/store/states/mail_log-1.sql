CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('mail_log', 1);
CREATE TABLE mail_queue(id INTEGER PRIMARY KEY AUTOINCREMENT, queue_id TEXT NOT NULL, started
  BIGINT NOT NULL, ended BIGINT NOT NULL, client TEXT NOT NULL, login TEXT NOT NULL, sender TEXT
  NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL, size BIGINT NOT NULL, recipients
  BIGINT NOT NULL, trace_code TEXT NOT NULL);
CREATE INDEX mail_queue_queue_id ON mail_queue(queue_id);
CREATE INDEX mail_queue_message_id ON mail_queue(message_id) WHERE message_id <> '';
CREATE INDEX mail_queue_sender ON mail_queue(LOWER(sender));
CREATE INDEX mail_queue_started ON mail_queue(started);
CREATE TABLE mail_delivery(id INTEGER PRIMARY KEY AUTOINCREMENT, queue BIGINT NOT NULL, time
  BIGINT NOT NULL, recipient TEXT NOT NULL, mailbox TEXT NOT NULL, alias INTEGER NOT NULL,
  status INTEGER NOT NULL, attempts BIGINT NOT NULL, relay TEXT NOT NULL, detail TEXT NOT NULL,
  session TEXT NOT NULL);
CREATE UNIQUE INDEX mail_delivery_key ON mail_delivery(queue, recipient);
CREATE INDEX mail_delivery_recipient ON mail_delivery(LOWER(recipient));
CREATE INDEX mail_delivery_session ON mail_delivery(session) WHERE session <> '';
CREATE INDEX mail_delivery_time ON mail_delivery(time);
CREATE TABLE mail_line(id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, exact INTEGER
  NOT NULL, program TEXT NOT NULL, kind TEXT NOT NULL, queue BIGINT NOT NULL, session TEXT NOT
  NULL, message_id TEXT NOT NULL, trace_code TEXT NOT NULL, client TEXT NOT NULL, login TEXT NOT
  NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX mail_line_queue ON mail_line(queue) WHERE queue <> 0;
CREATE INDEX mail_line_session ON mail_line(session) WHERE session <> '';
CREATE INDEX mail_line_message_id ON mail_line(message_id) WHERE message_id <> '';
CREATE INDEX mail_line_trace_code ON mail_line(trace_code) WHERE trace_code <> '';
CREATE INDEX mail_line_client ON mail_line(client) WHERE queue = 0;
CREATE INDEX mail_line_sender ON mail_line(LOWER(sender)) WHERE queue = 0;
CREATE INDEX mail_line_recipient ON mail_line(LOWER(recipient)) WHERE recipient <> '';
CREATE INDEX mail_line_time ON mail_line(time);
CREATE TABLE mail_link(parent BIGINT NOT NULL, child BIGINT NOT NULL, how TEXT NOT NULL, PRIMARY
  KEY(parent, child));
CREATE INDEX mail_link_child ON mail_link(child);
CREATE TABLE security(id INTEGER PRIMARY KEY AUTOINCREMENT, time BIGINT NOT NULL, type TEXT NOT
  NULL, verdict TEXT NOT NULL, source TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT
  NULL, subject TEXT NOT NULL, event TEXT NOT NULL, program TEXT NOT NULL, queue_id TEXT NOT
  NULL, trace_code TEXT NOT NULL);
CREATE INDEX security_time ON security(time);
CREATE TABLE log_position(path TEXT PRIMARY KEY, device BIGINT NOT NULL, inode BIGINT NOT NULL,
  offset_bytes BIGINT NOT NULL, print_bytes BIGINT NOT NULL, print TEXT NOT NULL, problem TEXT
  NOT NULL);
CREATE TABLE log_cursor(name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO mail_queue VALUES(4, '4ABC', 1700568000000, 1700568000000, '192.0.2.1', '', 'friend@far.example',
  '<1@far.example>', 'Hello', 1234, 1, 'T7K2M9QX');
INSERT INTO mail_delivery VALUES(5, 4, 1700568000000, 'alice@example.com', 'alice@example.com', 0, 3, 1,
  'private/dovecot-lmtp', 'saved', '');
INSERT INTO mail_line VALUES(6, 1700568000000, 1, 'postfix/lmtp', 'delivery', 4, '', '', '', '', '', '',
  'alice@example.com', 'sent', 'to=<alice@example.com>');
INSERT INTO mail_link VALUES(4, 5, 'bounce');
INSERT INTO security VALUES(8, 1700568000000, 'spam', 'tag', '192.0.2.1', 'friend@far.example',
  'alice@example.com', 'Hello', 'score 7', 'milterd', '4ABC', 'T7K2M9QX');
INSERT INTO log_position VALUES('/var/log/mail.log', 1, 2, 300, 100, 'print', '');
INSERT INTO log_cursor VALUES('events', 9);
