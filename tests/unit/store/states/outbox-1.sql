CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('outbox', 1);
CREATE TABLE notice(id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, template TEXT NOT
  NULL, message TEXT NOT NULL, made BIGINT NOT NULL, due BIGINT NOT NULL, attempts BIGINT NOT
  NULL, problem TEXT NOT NULL);
CREATE INDEX notice_due ON notice(due);
CREATE TABLE notice_recipient(notice BIGINT NOT NULL, address TEXT NOT NULL);
CREATE INDEX notice_recipient_notice ON notice_recipient(notice);
CREATE TABLE notice_value(notice BIGINT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX notice_value_notice ON notice_value(notice);
CREATE TABLE notice_once(name TEXT PRIMARY KEY, until BIGINT NOT NULL);
INSERT INTO notice VALUES(3, 'virus', 'notices/virus.txt.tpl', '', 1700568000, 1700568000, 2, 'no answer');
INSERT INTO notice_recipient VALUES(3, 'postmaster@example.com');
INSERT INTO notice_value VALUES(3, 'VIRUS', 'Eicar');
INSERT INTO notice_once VALUES('engine', 1700571600);
