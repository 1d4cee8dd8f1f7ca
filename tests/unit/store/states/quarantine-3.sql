CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('quarantine', 3);
CREATE TABLE quarantine_message(id TEXT PRIMARY KEY, received BIGINT NOT NULL, client TEXT NOT
  NULL, client_name TEXT NOT NULL, helo TEXT NOT NULL, login TEXT NOT NULL, sender TEXT NOT
  NULL, author TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, size BIGINT NOT
  NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, step TEXT NOT NULL, found TEXT NOT NULL,
  reason TEXT NOT NULL, generation TEXT NOT NULL, queue_id TEXT NOT NULL, trace_code TEXT NOT
  NULL, recovered INTEGER NOT NULL, gone INTEGER NOT NULL);
CREATE INDEX quarantine_received ON quarantine_message(received);
CREATE INDEX quarantine_size ON quarantine_message(gone, size);
CREATE INDEX quarantine_hash ON quarantine_message(sha256);
CREATE INDEX quarantine_sender ON quarantine_message(LOWER(sender));
CREATE TABLE quarantine_recipient(message TEXT NOT NULL REFERENCES quarantine_message(id) ON
  DELETE CASCADE, address TEXT NOT NULL, mailbox TEXT NOT NULL, original TEXT NOT NULL, kind
  TEXT NOT NULL, state TEXT NOT NULL, changed BIGINT NOT NULL, answer TEXT NOT NULL, who TEXT
  NOT NULL, tries INTEGER NOT NULL, next_try BIGINT NOT NULL, told BIGINT NOT NULL, PRIMARY
  KEY(message, address));
CREATE INDEX quarantine_mailbox ON quarantine_recipient(mailbox, message);
CREATE INDEX quarantine_due ON quarantine_recipient(state, next_try);
CREATE TABLE quarantine_nonce(nonce TEXT PRIMARY KEY, message TEXT NOT NULL, expires BIGINT NOT
  NULL);
CREATE TABLE quarantine_approval(message TEXT NOT NULL REFERENCES quarantine_message(id) ON
  DELETE CASCADE, who TEXT NOT NULL, time BIGINT NOT NULL, PRIMARY KEY(message, who));
CREATE TABLE quarantine_sum(one INTEGER PRIMARY KEY, messages BIGINT NOT NULL, bytes BIGINT NOT
  NULL);
INSERT INTO quarantine_sum VALUES(1, 2, 1500);
DROP INDEX quarantine_size;
ALTER TABLE quarantine_recipient ADD COLUMN also_waived TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine_recipient ADD COLUMN obstacle TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine_recipient ADD COLUMN obstacle_found TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine_recipient ADD COLUMN obstacle_reason TEXT NOT NULL DEFAULT '';
CREATE TABLE quarantine_consent(message TEXT NOT NULL REFERENCES quarantine_message(id) ON DELETE
  CASCADE, step TEXT NOT NULL, who TEXT NOT NULL, time BIGINT NOT NULL, PRIMARY KEY(message, step,
  who));
DROP TABLE quarantine_approval;
INSERT INTO quarantine_message VALUES('20231121-AAAAAAAAAAAA', 1700568000000, '192.0.2.1', 'mx.far.example',
  'mx.far.example', '', 'friend@far.example', 'Friend', 'Hello', '<1@far.example>', 1000, 'ab', 'spam',
  'spam', 'GTUBE', 'score 1000', '3', '4ABC', 'T7K2M9QX', 0, 0);
INSERT INTO quarantine_recipient VALUES('20231121-AAAAAAAAAAAA', 'alice@example.com', 'alice@example.com',
  'alice@example.com', 'spam', 'held', 1700568000000, '', '', 0, 0, 0, '', '', '', '');
INSERT INTO quarantine_message VALUES('20231121-BBBBBBBBBBBB', 1700568000001, '192.0.2.1', 'mx.far.example',
  'mx.far.example', '', 'friend@far.example', 'Friend', 'Hello', '<1@far.example>', 500, 'ab', 'spam',
  'spam', 'GTUBE', 'score 1000', '3', '4ABC', 'T7K2M9QX', 0, 0);
INSERT INTO quarantine_recipient VALUES('20231121-BBBBBBBBBBBB', 'alice@example.com', 'alice@example.com',
  'alice@example.com', 'spam', 'held', 1700568000000, '', '', 0, 0, 0, '', '', '', '');
INSERT INTO quarantine_message VALUES('20231121-CCCCCCCCCCCC', 1700568000002, '192.0.2.1', 'mx.far.example',
  'mx.far.example', '', 'friend@far.example', 'Friend', 'Hello', '<1@far.example>', 70, 'ab', 'spam',
  'spam', 'GTUBE', 'score 1000', '3', '4ABC', 'T7K2M9QX', 0, 1);
INSERT INTO quarantine_recipient VALUES('20231121-CCCCCCCCCCCC', 'alice@example.com', 'alice@example.com',
  'alice@example.com', 'spam', 'deleted', 1700568000000, '', '', 0, 0, 0, '', '', '', '');
INSERT INTO quarantine_nonce VALUES('n1', '20231121-AAAAAAAAAAAA', 1700571600000);
INSERT INTO quarantine_consent VALUES('20231121-AAAAAAAAAAAA', 'spam', 'uid 0', 1700568000000);
