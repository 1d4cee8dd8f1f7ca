#include "mgmtd/jobs/spam.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "core/spam/spamd.h"
#include "core/store/correspondents.h"
#include "core/store/spam_reports.h"

namespace mailreeve::jobs {

namespace {

using nlohmann::json;
using Helper = std::function<Result<json>(const json&)>;

constexpr std::uint16_t kSpamdPort = 783;

// The settings in force; the defaults before the first apply.
Result<config::Spam> settingsOf(const Paths& paths) {
  if (!std::filesystem::exists(paths.currentYaml())) return config::Spam{};
  auto policy = directory::loadPolicy(paths.currentYaml());
  if (!policy) return std::move(policy).error();
  return (*policy)->settings().spam;
}

Schedule daily(const std::string& time) {
  const std::string hour = time.substr(0, 2);
  const std::string minute = time.substr(3);
  const auto digits = [](const std::string& two) {
    return two.front() == '0' ? two.substr(1) : two;
  };
  auto schedule =
      Schedule::parse(digits(minute) + " " + digits(hour) + " * * *");
  return schedule ? *schedule : Schedule{};
}

// Asked often, read once for each generation.
class Times {
 public:
  explicit Times(Paths paths) : paths_(std::move(paths)) {}

  Schedule of(const std::function<std::string(const config::Spam&)>& time) {
    const std::lock_guard lock(mutex_);
    std::error_code problem;
    const auto current = std::filesystem::read_symlink(
        paths_.generations() / "current", problem);
    if (current != generation_ || !settings_) {
      if (auto read = settingsOf(paths_)) settings_ = *std::move(read);
      generation_ = current;
    }
    return daily(time(settings_.value_or(config::Spam{})));
  }

 private:
  const Paths paths_;
  std::mutex mutex_;
  std::filesystem::path generation_;      // Guarded by mutex_.
  std::optional<config::Spam> settings_;  // Guarded by mutex_.
};

Result<std::string> learnAll(const Paths& paths, Progress& progress) {
  const auto settings = settingsOf(paths);
  if (!settings) return settings.error();
  if (!settings->enabled || !settings->reporting.learnDaily)
    return std::string("the settings do not want it");
  const auto reports = store::listSpamReports(paths.spamReports());
  if (!reports) return reports.error();
  std::size_t learned = 0;
  std::size_t failed = 0;
  std::string why;
  for (const auto& report : *reports) {
    if (progress.stopping()) break;
    progress.say(report.id);
    if (auto done = learnReport(paths, *settings, report.id); done) {
      ++learned;
    } else {
      ++failed;
      why = done.error().what;
    }
  }
  if (failed > 0)
    return Error{ErrorCode::Unavailable,
                 std::to_string(learned) + " learned, " +
                     std::to_string(failed) + " not: " + why};
  return std::to_string(learned) + " learned";
}

Result<std::string> expireJunk(const Paths& paths, const Helper& helper) {
  const auto settings = settingsOf(paths);
  if (!settings) return settings.error();
  if (settings->deleteAfterDays == 0)
    return std::string("the settings do not want it");
  auto done =
      helper({{"do", "expire-junk"},
              {"days", static_cast<std::uint64_t>(settings->deleteAfterDays)}});
  if (!done) return std::move(done).error();
  return "what is older than " + std::to_string(settings->deleteAfterDays) +
         " days is deleted";
}

Result<std::string> updateRules(const Paths& paths, const Helper& helper) {
  const auto settings = settingsOf(paths);
  if (!settings) return settings.error();
  if (!settings->enabled || !settings->updates.enabled ||
      !settings->server.empty())
    return std::string("the settings do not want it");
  auto done = helper({{"do", "update-spam-rules"}});
  if (!done) return std::move(done).error();
  return std::string(done->value("news", false) ? "new rules are in force"
                                                : "there are no new rules");
}

Result<std::string> forget(const Paths& paths, TimePoint now) {
  const auto settings = settingsOf(paths);
  if (!settings) return settings.error();
  auto gone = store::deleteCorrespondentsBefore(
      paths.countersDatabase(),
      now - std::chrono::days(settings->correspondents.keepDays));
  if (!gone) return std::move(gone).error();
  return std::to_string(*gone) + " forgotten";
}

}  // namespace

Result<Done> teach(const config::Spam& settings,
                   spam::Lesson lesson,
                   std::string_view message) {
  spam::SpamdSettings spamd{{Paths::spamdSocket(), "", 0},
                            settings.user,
                            std::chrono::seconds(settings.timeLimit),
                            1};
  if (!settings.server.empty()) {
    auto endpoint = net::Endpoint::parse(settings.server, kSpamdPort);
    if (!endpoint) return std::move(endpoint).error();
    spamd.endpoint = *std::move(endpoint);
  }
  auto taught = spam::Spamd::make(std::move(spamd))->teach(lesson, message);
  if (!taught) return std::move(taught).error();
  return Done{};
}

Result<Done> learnReport(const Paths& paths,
                         const config::Spam& settings,
                         const std::string& id) {
  const auto message = store::readSpamReport(paths.spamReports(), id);
  if (!message) return message.error();
  const auto lesson =
      id.ends_with(".spam") ? spam::Lesson::Spam : spam::Lesson::Ham;
  if (auto taught = teach(settings, lesson, *message); !taught) return taught;
  return store::removeSpamReport(paths.spamReports(), id);
}

std::vector<Job> spamJobs(const Paths& paths,
                          const Clock& clock,
                          const Helper& helper) {
  const auto times = std::make_shared<Times>(paths);
  return {
      {.name = "spam-learn",
       .what = "Learn what users reported as spam or as none",
       .schedule = daily("02:00"),
       .planned =
           [times] {
             return times->of(
                 [](const auto& s) { return s.reporting.learnAt; });
           },
       .work =
           [paths](Progress& progress) { return learnAll(paths, progress); }},
      {.name = "spam-update",
       .what = "Fetch new rules for SpamAssassin",
       .schedule = daily("02:30"),
       .planned =
           [times] {
             return times->of([](const auto& s) { return s.updates.at; });
           },
       .work = [paths,
                helper](Progress&) { return updateRules(paths, helper); }},
      {.name = "junk-expiry",
       .what = "Delete what has lain in Junk for spam.delete_after_days",
       .schedule = daily("04:10"),
       .jitter = std::chrono::minutes(10),
       .work = [paths,
                helper](Progress&) { return expireJunk(paths, helper); }},
      {.name = "correspondents-cleanup",
       .what = "Forget whom nobody has written to for long",
       .schedule = daily("04:25"),
       .jitter = std::chrono::minutes(10),
       .work = [paths,
                &clock](Progress&) { return forget(paths, clock.now()); }},
  };
}

}  // namespace mailreeve::jobs
