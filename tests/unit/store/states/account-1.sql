CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('account', 1);
CREATE TABLE domain(name TEXT PRIMARY KEY, main TEXT NOT NULL);
CREATE TABLE alias(address TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY(address, target));
CREATE INDEX alias_target ON alias(target);
CREATE TABLE account(id INTEGER PRIMARY KEY AUTOINCREMENT, local TEXT NOT NULL, domain TEXT NOT
  NULL, password TEXT NOT NULL, scram TEXT, display_name TEXT NOT NULL, enabled INTEGER NOT
  NULL, created BIGINT NOT NULL, last_changed BIGINT NOT NULL, UNIQUE(local, domain));
CREATE INDEX account_domain ON account(domain, local);
INSERT INTO domain VALUES('example.com', 'example.com');
INSERT INTO alias VALUES('billing@example.com', 'alice@example.com');
INSERT INTO account VALUES(7, 'alice', 'example.com', '{ARGON2ID}x', NULL, 'Alice Ä.', 1,
  1700568000, 1700568000);
