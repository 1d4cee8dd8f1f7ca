CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('dkim_key', 1);
CREATE TABLE dkim_key(domain TEXT NOT NULL, selector TEXT NOT NULL, algorithm TEXT NOT NULL,
  bits INTEGER NOT NULL, record TEXT NOT NULL, state TEXT NOT NULL, forced INTEGER NOT NULL,
  created BIGINT NOT NULL, since BIGINT NOT NULL, checked BIGINT, seen BIGINT, problem TEXT NOT
  NULL, PRIMARY KEY(domain, selector));
INSERT INTO dkim_key VALUES('example.com', 's1', 'rsa', 2048, 'v=DKIM1; p=AAAA', 'active', 0,
  1700568000, 1700568000, 1700568000, NULL, '');
