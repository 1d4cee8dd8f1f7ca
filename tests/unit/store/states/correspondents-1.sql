CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('correspondents', 1);
CREATE TABLE correspondents (owner TEXT NOT NULL, address TEXT NOT NULL, day BIGINT NOT NULL,
  PRIMARY KEY (owner, address));
INSERT INTO correspondents VALUES('alice@example.com', 'friend@far.example', 19682);
