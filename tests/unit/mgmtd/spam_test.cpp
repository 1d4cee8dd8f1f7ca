// The jobs about spam: what the settings in force let them do.
#include "mgmtd/jobs/spam.h"

#include <fstream>

#include <doctest/doctest.h>

#include "core/store/spam_reports.h"
#include "tests/unit/scratch.h"

namespace mailreeve::jobs {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const TimePoint kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} +
                      std::chrono::hours(12)};

class NoProgress final : public Progress {
 public:
  void say(const std::string&) override {}

  [[nodiscard]] bool stopping() const override { return false; }
};

struct World {
  Scratch scratch;
  Paths paths;
  ManualClock clock{kNoon};
  std::vector<json> asked;  // Of mgmt-helper.
  Result<json> helper = json{{"news", true}};

  World() {
    paths.state = scratch.path / "state";
    fs::create_directories(paths.databases());
    fs::create_directories(paths.spamReports());
  }

  void apply(const std::string& number, const std::string& spam) const {
    const auto directory = paths.generations() / number / "yaml";
    fs::create_directories(directory);
    std::ofstream(directory / "mail.yaml")
        << "server: {hostname: mail.example.com}\n"
           "domains: [{name: example.com}]\n"
        << spam;
    fs::remove(paths.generations() / "current");
    fs::create_symlink(number, paths.generations() / "current");
  }

  std::vector<Job> jobs() {
    return spamJobs(paths, clock, [this](const json& request) {
      asked.push_back(request);
      return helper;
    });
  }

  Job job(const std::string& name) {
    for (auto& one : jobs())
      if (one.name == name) return std::move(one);
    FAIL("no job " << name);
    return {};
  }

  // What the job says it did, or why it failed.
  std::string outcome(const std::string& name) {
    NoProgress progress;
    const auto done = job(name).work(progress);
    return done ? *done : "failed: " + done.error().what;
  }
};

}  // namespace

TEST_CASE("a job about spam does what the settings say, and no more") {
  struct Row {
    std::string label;
    std::string settings;
    std::string job;
    std::string want;
    std::string asked;  // Of mgmt-helper; empty: nothing.
  };

  const std::string unwanted = "the settings do not want it";
  const Row rows[] = {
      {"Junk is emptied of what is thirty days old",
       "",
       "junk-expiry",
       "what is older than 30 days is deleted",
       R"({"days":30,"do":"expire-junk"})"},
      {"after another time",
       "spam: {delete_after_days: 7}\n",
       "junk-expiry",
       "what is older than 7 days is deleted",
       R"({"days":7,"do":"expire-junk"})"},
      {"never", "spam: {delete_after_days: 0}\n", "junk-expiry", unwanted, ""},
      {"rules are fetched",
       "spam: {enabled: true}\n",
       "spam-update",
       "new rules are in force",
       R"({"do":"update-spam-rules"})"},
      {"not without an engine", "", "spam-update", unwanted, ""},
      {"not when they are not wanted",
       "spam: {enabled: true, updates: {enabled: false}}\n",
       "spam-update",
       unwanted,
       ""},
      {"not for the spamd of another host",
       "spam: {enabled: true, server: '192.0.2.1:783'}\n",
       "spam-update",
       unwanted,
       ""},
      {"nothing to learn",
       "spam: {enabled: true}\n",
       "spam-learn",
       "0 learned",
       ""},
      {"learning by hand only",
       "spam: {enabled: true, reporting: {learn_daily: false}}\n",
       "spam-learn",
       unwanted,
       ""},
      {"nobody has written to anybody",
       "",
       "correspondents-cleanup",
       "0 forgotten",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world;
    world.apply("1", row.settings);
    CHECK(world.outcome(row.job) == row.want);
    CHECK((world.asked.empty() ? "" : world.asked.front().dump()) == row.asked);
  }
}

TEST_CASE("where nothing is applied yet, the defaults hold") {
  World world;
  CHECK(world.outcome("spam-learn") == "the settings do not want it");
  CHECK(world.job("spam-learn").planned().text() == "0 2 * * *");
}

TEST_CASE("rules that are up to date, and rules that cannot be had") {
  World world;
  world.apply("1", "spam: {enabled: true}\n");
  world.helper = json{{"news", false}};
  CHECK(world.outcome("spam-update") == "there are no new rules");
  world.helper = Error{ErrorCode::Unavailable, "no network"};
  CHECK(world.outcome("spam-update") == "failed: no network");
}

TEST_CASE("the times of the settings in force are the jobs' times") {
  World world;
  world.apply("1", "spam: {reporting: {learn_at: '03:05'}}\n");
  const Job learn = world.job("spam-learn");
  CHECK(learn.planned().text() == "5 3 * * *");
  world.apply("2",
              "spam: {reporting: {learn_at: '00:00'}, updates: {at: '23:59'}}");
  CHECK(learn.planned().text() == "0 0 * * *");
  CHECK(world.job("spam-update").planned().text() == "59 23 * * *");
}

TEST_CASE("a report that cannot be learned now stays") {
  World world;
  world.apply("1",
              "spam: {enabled: true, server: '" +
                  (world.scratch.path / "no-spamd.sock").string() + "'}\n");
  REQUIRE(store::addSpamReport(world.paths.spamReports(),
                               true,
                               "anna@example.com",
                               "Subject: x\r\n\r\nbuy\r\n",
                               kNoon));
  CHECK(world.outcome("spam-learn").starts_with("failed: 0 learned, 1 not: "));
  CHECK(store::listSpamReports(world.paths.spamReports())->size() == 1);
}

}  // namespace mailreeve::jobs
