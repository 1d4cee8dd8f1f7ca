CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('dmarc', 1);
CREATE TABLE dmarc_row(report BIGINT NOT NULL, day BIGINT NOT NULL, domain TEXT NOT NULL,
  published TEXT NOT NULL, result TEXT NOT NULL, messages BIGINT NOT NULL, first BIGINT NOT
  NULL, last BIGINT NOT NULL, PRIMARY KEY(report, day, published, result));
CREATE TABLE dmarc_report(id INTEGER PRIMARY KEY AUTOINCREMENT, report_id TEXT NOT NULL, domain
  TEXT NOT NULL, published TEXT NOT NULL, begins BIGINT NOT NULL, ends BIGINT NOT NULL, made
  BIGINT NOT NULL, messages BIGINT NOT NULL, state TEXT NOT NULL, recipients TEXT NOT NULL,
  detail TEXT NOT NULL);
CREATE INDEX dmarc_report_domain ON dmarc_report(domain);
INSERT INTO dmarc_row VALUES(2, 1700524800000, 'far.example', '{"domain":"far.example","p":"none"}',
  '{"ip":"192.0.2.1","from":"far.example"}', 6, 1700568000000, 1700568000000);
INSERT INTO dmarc_report VALUES(2, 'r1', 'far.example', '{"domain":"far.example","p":"none"}', 1700568000000, 1700568000000,
  1700568000000, 6, 'sent', 'dmarc@far.example', '');
