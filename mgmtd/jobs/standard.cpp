#include "mgmtd/jobs/standard.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <utility>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "core/store/database.h"
#include "core/store/event_log.h"
#include "core/store/mail_log_query.h"
#include "core/store/usage.h"
#include "mgmtd/dmarc/run.h"
#include "mgmtd/jobs/dkim_keys.h"
#include "mgmtd/jobs/notices.h"
#include "mgmtd/jobs/quarantine.h"
#include "mgmtd/jobs/spam.h"

namespace mailreeve::jobs {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr int kUsageDays = 35;
constexpr std::size_t kGenerations = 50;
// Below this share of unused pages a rewrite gains nothing worth its locks.
constexpr double kWorthVacuum = 0.25;

std::string counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Result<std::string> cleanUsage(const Paths& paths, TimePoint now) {
  auto gone = store::deleteUsageBefore(
      paths.countersDatabase(), localDay(now - std::chrono::days(kUsageDays)));
  if (!gone && gone.error().code == ErrorCode::NotFound)
    return std::string("nothing was ever counted");
  if (!gone) return std::move(gone).error();
  return counted(*gone, "counter") + " deleted";
}

Result<std::string> cleanEvents(const Paths& paths, TimePoint now) {
  if (!std::filesystem::exists(paths.currentYaml()))
    return std::string("no settings are in force yet");
  auto policy = directory::loadPolicy(paths.currentYaml());
  if (!policy) return std::move(policy).error();
  const auto days = (*policy)->settings().logging.keepEventsDays;
  if (!std::filesystem::exists(paths.logsDatabase()))
    return std::string("nothing was ever logged");
  auto gone = store::deleteEventsBefore(paths.logsDatabase(),
                                        now - std::chrono::days(days));
  if (!gone) return std::move(gone).error();
  auto logged = store::deleteMailLogBefore(paths.logsDatabase(),
                                           now - std::chrono::days(days));
  if (!logged) return std::move(logged).error();
  return counted(*gone, "event") + " and " + counted(*logged, "record") +
         " of more than " + std::to_string(days) + " days ago deleted";
}

Result<std::string> pruneGenerations(const Paths& paths,
                                     const Helper& helper,
                                     Progress& progress) {
  std::vector<std::uint64_t> existing;
  std::error_code problem;
  for (const auto& entry :
       std::filesystem::directory_iterator(paths.generations(), problem))
    if (const auto number = parseNumber(entry.path().filename().string()))
      existing.push_back(*number);
  if (problem) return std::string("no generations yet");
  const auto target =
      std::filesystem::read_symlink(paths.generations() / "current", problem);
  const auto current = parseNumber(target.filename().string());
  if (!current)
    return Error{ErrorCode::Unavailable, "no generation is in force"};

  std::int64_t gone = 0;
  for (const auto number : superfluous(existing, *current, kGenerations)) {
    if (progress.stopping()) break;
    progress.say("generation " + std::to_string(number));
    auto pruned = helper({{"do", "prune-generation"}, {"number", number}});
    if (!pruned) return std::move(pruned).error();
    ++gone;
  }
  return counted(gone, "generation") + " deleted";
}

// Policyd and milterd see for themselves that an entry has expired.
Result<std::string> expireClients(const Paths& paths, const Helper& helper) {
  if (!std::filesystem::exists(paths.currentYaml()))
    return std::string("no settings are in force yet");
  auto done = helper({{"do", "refresh-expiring-clients"}});
  if (!done) return std::move(done).error();
  return std::string(done->value("changed", false)
                         ? "Postfix has another list of allowed clients"
                         : "no entry has expired");
}

enum class Room { Keep, GiveBack };

Result<std::string> tidy(const std::filesystem::path& path, Room room) {
  const std::string name = path.filename().string();
  if (!std::filesystem::exists(path)) return name + " does not exist yet";
  // No tables of its own: only to have a connection that may write.
  auto database = store::Database::open(path, {"maintenance", {}});
  if (!database) return std::move(database).error();
  auto findings = database->check();
  if (!findings) return std::move(findings).error();
  if (!findings->empty())
    return Error{ErrorCode::Internal,
                 name + " is damaged: " + join(*findings, "; ")};
  if (room == Room::Keep) return name + " is good";
  auto unused = database->unusedShare();
  if (!unused) return std::move(unused).error();
  if (*unused < kWorthVacuum) return name + " is good";
  auto done = database->vacuum();
  if (!done) return std::move(done).error();
  return name + " is good and smaller now";
}

// Every database is looked at, also behind a damaged one.
Result<std::string> tidyDatabases(const Paths& paths, Progress& progress) {
  std::vector<std::string> said;
  std::vector<std::string> wrong;
  // A VACUUM counts as a change of the tables. Dovecot, which reads state.db
  // with statements that cannot be prepared again, would refuse a login for it.
  for (const auto& [path, room] :
       {std::pair{paths.stateDatabase(), Room::Keep},
        std::pair{paths.countersDatabase(), Room::GiveBack},
        std::pair{paths.outboxDatabase(), Room::GiveBack},
        std::pair{paths.logsDatabase(), Room::GiveBack}}) {
    if (progress.stopping()) break;
    progress.say(path.filename().string());
    auto done = tidy(path, room);
    if (done)
      said.push_back(*done);
    else
      wrong.push_back(done.error().what);
  }
  if (!wrong.empty()) return Error{ErrorCode::Internal, join(wrong, "; ")};
  return join(said, ", ");
}

Schedule at(const char* text) {
  auto schedule = Schedule::parse(text);
  return schedule ? *schedule : Schedule{};  // Ours; a test parses them all.
}

}  // namespace

std::vector<std::uint64_t> superfluous(std::vector<std::uint64_t> existing,
                                       std::uint64_t current,
                                       std::size_t keep) {
  std::sort(existing.begin(), existing.end());
  if (existing.size() <= keep) return {};
  existing.resize(existing.size() - keep);
  std::erase_if(existing, [current](std::uint64_t number) {
    return number == 0 || number == current;
  });
  return existing;
}

std::vector<Job> standardJobs(const Paths& paths,
                              const Clock& clock,
                              Helper helper) {
  auto spam = spamJobs(paths, clock, helper);
  std::vector<Job> jobs = {
      {.name = "usage-cleanup",
       .what = "Forget what users sent more than 35 days ago",
       .schedule = at("10 3 * * *"),
       .jitter = 10min,
       .work = [paths,
                &clock](Progress&) { return cleanUsage(paths, clock.now()); }},
      {.name = "events-cleanup",
       .what = "Delete events and log records older than "
               "logging.keep_events_days",
       .schedule = at("25 3 * * *"),
       .jitter = 10min,
       .work = [paths,
                &clock](Progress&) { return cleanEvents(paths, clock.now()); }},
      {.name = "lists-expiry",
       .what = "Take allow entries that have expired away from Postfix",
       .schedule = at("1 * * * *"),
       .work = [paths,
                helper](Progress&) { return expireClients(paths, helper); }},
      {.name = "dmarc-reports",
       .what = "Send the DMARC aggregate reports of the days that are over",
       .schedule = at("5 * * * *"),
       .jitter = 30min,
       .work = [paths,
                &clock](Progress&) { return dmarc::reportDays(paths, clock); }},
      {.name = "generations-prune",
       .what = "Delete all but the newest 50 generations, 0 and the one in "
               "force",
       .schedule = at("40 3 * * *"),
       .jitter = 10min,
       .work =
           [paths, helper = std::move(helper)](Progress& progress) {
             return pruneGenerations(paths, helper, progress);
           }},
      noticesJob(paths, clock, localMailer()),
      {.name = "databases-check",
       .what = "Check the databases, and rewrite those with much unused room",
       .schedule = at("55 3 * * 0"),
       .jitter = 30min,
       .work =
           [paths](Progress& progress) {
             return tidyDatabases(paths, progress);
           }},
      dkimKeysJob(paths, clock),
  };
  for (auto& job : quarantineJobs(paths, clock)) jobs.push_back(std::move(job));
  for (auto& job : spam) jobs.push_back(std::move(job));
  return jobs;
}

}  // namespace mailreeve::jobs
