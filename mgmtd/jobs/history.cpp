#include "mgmtd/jobs/history.h"

#include "core/base/text.h"
#include "core/base/unix_time.h"

namespace mailreeve::jobs {

namespace {

using store::Schema;
using store::Values;

constexpr std::int64_t kKept = 200;  // Runs of each job.

const Schema& schema() {
  // Times are seconds since 1970, UTC.
  static const Schema tables{
      "job",
      {{
          "CREATE TABLE job(name TEXT PRIMARY KEY, base BIGINT NOT NULL)",
          "CREATE TABLE job_run(id INTEGER PRIMARY KEY AUTOINCREMENT, "
          "job TEXT NOT NULL, started BIGINT NOT NULL, "
          "finished BIGINT NOT NULL, outcome TEXT NOT NULL, "
          "message TEXT NOT NULL)",
          "CREATE INDEX job_run_job ON job_run(job, id)",
      }}};
  return tables;
}

Outcome outcomeOf(const std::string& text) {
  for (const Outcome outcome :
       {Outcome::Running, Outcome::Done, Outcome::Failed})
    if (text == textOf(outcome)) return outcome;
  return Outcome::Interrupted;
}

}  // namespace

std::string textOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::Running:
      return "running";
    case Outcome::Done:
      return "done";
    case Outcome::Failed:
      return "failed";
    case Outcome::Interrupted:
      break;
  }
  return "interrupted";
}

Result<History> History::open(const std::filesystem::path& stateDatabase,
                              bool owner) {
  auto database = store::Database::open(stateDatabase, schema());
  if (!database) return std::move(database).error();
  if (owner) {
    auto marked = database->execute(
        "UPDATE job_run SET outcome = ? WHERE outcome = ?",
        {textOf(Outcome::Interrupted), textOf(Outcome::Running)});
    if (!marked) return std::move(marked).error();
  }
  return History(std::move(*database));
}

Result<TimePoint> History::base(const std::string& job, TimePoint now) {
  auto rows = database_.query("SELECT base FROM job WHERE name = ?", {job});
  if (!rows) return std::move(rows).error();
  // A base in the future is of a clock that was wrong.
  if (!rows->empty() && rows->front().integer(0) <= toSeconds(now))
    return fromSeconds(rows->front().integer(0));
  auto noted = database_.execute(
      "INSERT INTO job(name, base) VALUES(?, ?) "
      "ON CONFLICT(name) DO UPDATE SET base = excluded.base",
      {job, toSeconds(now)});
  if (!noted) return std::move(noted).error();
  return fromSeconds(toSeconds(now));
}

Result<std::int64_t> History::begin(const std::string& job, TimePoint now) {
  std::int64_t id = 0;
  auto done = database_.transaction([&]() -> Result<Done> {
    auto moved = database_.execute(
        "INSERT INTO job(name, base) VALUES(?, ?) "
        "ON CONFLICT(name) DO UPDATE SET base = excluded.base",
        {job, toSeconds(now)});
    if (!moved) return std::move(moved).error();
    auto made = database_.query(
        "INSERT INTO job_run(job, started, finished, outcome, message) "
        "VALUES(?, ?, ?, ?, '') RETURNING id",
        {job, toSeconds(now), toSeconds(now), textOf(Outcome::Running)});
    if (!made) return std::move(made).error();
    id = made->front().integer(0);
    auto forgotten = database_.execute(
        "DELETE FROM job_run WHERE job = ? AND id NOT IN (SELECT id FROM "
        "job_run WHERE job = ? ORDER BY id DESC LIMIT ?)",
        {job, job, kKept});
    if (!forgotten) return std::move(forgotten).error();
    return Done{};
  });
  if (!done) return std::move(done).error();
  return id;
}

Result<Done> History::end(std::int64_t id,
                          TimePoint now,
                          Outcome outcome,
                          const std::string& message) {
  auto done = database_.execute(
      "UPDATE job_run SET finished = ?, outcome = ?, message = ? WHERE id = ?",
      {toSeconds(now),
       textOf(outcome),
       printable(message.substr(0, 2000)),
       id});
  if (!done) return std::move(done).error();
  return Done{};
}

Result<std::vector<Run>> History::runs(const std::string& job,
                                       std::int64_t limit) {
  auto rows = database_.query(
      "SELECT id, job, started, finished, outcome, message FROM job_run "
      "WHERE job = ? OR ? = '' ORDER BY id DESC LIMIT ?",
      {job, job, limit});
  if (!rows) return std::move(rows).error();
  std::vector<Run> runs;
  for (const auto& row : *rows)
    runs.push_back({.id = row.integer(0),
                    .job = row.text(1),
                    .started = fromSeconds(row.integer(2)),
                    .finished = fromSeconds(row.integer(3)),
                    .outcome = outcomeOf(row.text(4)),
                    .message = row.text(5)});
  return runs;
}

}  // namespace mailreeve::jobs
