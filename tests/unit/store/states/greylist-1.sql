CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('greylist', 1);
CREATE TABLE greylist (origin TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
  first BIGINT NOT NULL, last BIGINT NOT NULL, passed INTEGER NOT NULL, PRIMARY KEY (origin,
  sender, recipient));
CREATE TABLE greylist_origin (origin TEXT PRIMARY KEY, passes BIGINT NOT NULL, last BIGINT NOT
  NULL);
INSERT INTO greylist VALUES('far.example', 'friend@far.example', 'alice@example.com', 1700567400,
  1700567700, 1);
INSERT INTO greylist_origin VALUES('near.example', 5, 1700568000);
