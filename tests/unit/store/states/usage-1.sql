CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('usage', 1);
CREATE TABLE usage (day TEXT NOT NULL, user TEXT NOT NULL, messages BIGINT NOT NULL, bytes
  BIGINT NOT NULL, PRIMARY KEY (day, user));
INSERT INTO usage VALUES('2023-11-21', 'bob@example.com', 2, 3000);
