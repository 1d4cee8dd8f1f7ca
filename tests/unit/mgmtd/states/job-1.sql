CREATE TABLE schema_version(family TEXT PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO schema_version VALUES('job', 1);
CREATE TABLE job(name TEXT PRIMARY KEY, base BIGINT NOT NULL);
CREATE TABLE job_run(id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, started BIGINT NOT
  NULL, finished BIGINT NOT NULL, outcome TEXT NOT NULL, message TEXT NOT NULL);
CREATE INDEX job_run_job ON job_run(job, id);
INSERT INTO job VALUES('tidy', 1700568000);
INSERT INTO job_run VALUES(2, 'tidy', 1700568000, 1700568001, 'done', 'all is good');
