CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('list_hits', 1);
CREATE TABLE list_hits (list TEXT NOT NULL, name TEXT NOT NULL, hits BIGINT NOT NULL, since
  BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (list, name));
INSERT INTO list_hits VALUES('block', 'pests', 5, 1700568000, 1700568000);
