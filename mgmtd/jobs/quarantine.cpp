#include "mgmtd/jobs/quarantine.h"

#include <filesystem>
#include <memory>

#include "core/config/settings.h"
#include "core/store/event_log.h"
#include "core/store/outbox.h"
#include "mgmtd/quarantine/desk.h"
#include "mgmtd/quarantine/digest.h"

namespace mailreeve::jobs {

namespace {

using namespace std::chrono_literals;

// What is younger may be milterd's, on its way into the index.
constexpr std::chrono::seconds kSettled = 1h;

Schedule at(const char* text) {
  auto schedule = Schedule::parse(text);
  return schedule ? *schedule : Schedule{};  // Ours; a test parses it.
}

std::string counted(std::int64_t count, const char* what) {
  return std::to_string(count) + " " + what;
}

// Kept for as long as the jobs: a database is not opened every minute.
struct Office {
  Office(const Paths& where, const Clock& now)
      : paths(where),
        clock(now),
        desk(where,
             now,
             [where] { return directory::loadPolicy(where.currentYaml()); }),
        outbox(where.outboxDatabase(), now) {}

  Paths paths;
  const Clock& clock;
  quarantine::Desk desk;
  store::Outbox outbox;
};

// Before the first apply there is nothing held and nothing to open.
bool idle(const Office& office) {
  return !std::filesystem::exists(office.paths.stateDatabase());
}

Result<std::string> retry(Office& office) {
  if (idle(office)) return std::string("nothing was ever held");
  auto totals = office.desk.retry();
  if (!totals) return std::move(totals).error();
  return counted(totals->released, "released, ") +
         counted(totals->waiting, "still waiting, ") +
         counted(totals->failed, "failed");
}

// A digest that stops in silence is worse than none: who looks at the log is
// told, not only who looks at the jobs.
void alert(const Office& office, const std::string& what) {
  store::EventLog events(office.paths.logsDatabase());
  store::Event event;
  event.time = office.clock.now();
  event.program = "mgmtd";
  event.kind = "alert";
  event.verdict = "failed";
  event.reason = "quarantine digest: " + what;
  events.post(std::move(event));
}

Result<std::string> digest(Office& office, Progress& progress) {
  if (idle(office)) return std::string("nothing was ever held");
  auto done = quarantine::sendDigests(
      office.desk, office.outbox, office.clock, [&progress] {
        return progress.stopping();
      });
  if (!done) alert(office, done.error().what);
  return done;
}

Result<std::string> cleanUp(Office& office) {
  if (idle(office)) return std::string("nothing was ever held");
  auto policy = office.desk.policy();
  if (!policy) return std::move(policy).error();
  auto store = office.desk.store();
  if (!store) return std::move(store).error();
  auto found = (*store)->recover(kSettled);
  if (!found) return std::move(found).error();
  const auto days = (*policy)->settings().quarantine.keepDays;
  auto gone = (*store)->expire(office.clock.now() - std::chrono::days(days));
  if (!gone) return std::move(gone).error();
  return counted(*gone, "messages of more than ") +
         counted(days, "days ago deleted") +
         (*found > 0 ? ", " + counted(*found, "indexed again") : "");
}

}  // namespace

std::vector<Job> quarantineJobs(const Paths& paths, const Clock& clock) {
  const auto office = std::make_shared<Office>(paths, clock);
  return {
      {.name = "quarantine-release",
       .what = "Try again what could not be released at once",
       .schedule = at("* * * * *"),
       .work = [office](Progress&) { return retry(*office); }},
      {.name = "quarantine-digest",
       .what = "Tell users what was held for them",
       .schedule = at("2 * * * *"),
       .work =
           [office](Progress& progress) { return digest(*office, progress); }},
      {.name = "quarantine-cleanup",
       .what = "Delete what was held for longer than quarantine.keep_days",
       .schedule = at("15 3 * * *"),
       .jitter = 10min,
       .work = [office](Progress&) { return cleanUp(*office); }},
  };
}

}  // namespace mailreeve::jobs
