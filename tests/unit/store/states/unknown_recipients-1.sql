CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('unknown_recipients', 1);
CREATE TABLE unknown_recipients (day TEXT NOT NULL, client TEXT NOT NULL, count BIGINT NOT NULL,
  PRIMARY KEY (day, client));
INSERT INTO unknown_recipients VALUES('2023-11-21', '192.0.2.1', 4);
