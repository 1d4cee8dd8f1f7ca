#include "mgmtd/jobs/scheduler.h"

#include <atomic>
#include <future>

#include <doctest/doctest.h>

#include "tests/unit/scratch.h"

namespace mailreeve::jobs {

namespace {

using namespace std::chrono_literals;

const TimePoint kMidnight{
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

Job hourly(std::function<Result<std::string>(Progress&)> work) {
  return {.name = "hourly",
          .what = "Counts",
          .schedule = *Schedule::parse("0 * * * *"),
          .work = std::move(work)};
}

struct World {
  Scratch scratch;
  ManualClock clock{kMidnight + 5min};
  int runs = 0;

  Scheduler scheduler(std::chrono::minutes jitter = 0min) {
    Job job = hourly([this](Progress&) -> Result<std::string> {
      ++runs;
      return std::string("counted");
    });
    job.jitter = jitter;
    return {{std::move(job)}, scratch.path / "state.db", clock, 1};
  }
};

}  // namespace

TEST_CASE("a job runs when it is due, and then not before it is again") {
  World world;
  Scheduler scheduler = world.scheduler();
  scheduler.runDue();
  CHECK(world.runs == 0);
  world.clock.advance(55min);
  CHECK(scheduler.runDue() == kMidnight + 2h);
  CHECK(world.runs == 1);
  scheduler.runDue();
  CHECK(world.runs == 1);
}

TEST_CASE("what fell due while nothing ran is caught up with once") {
  World world;
  world.scheduler().runDue();
  world.clock.advance(30h);
  Scheduler scheduler = world.scheduler();
  scheduler.runDue();
  scheduler.runDue();
  CHECK(world.runs == 1);
}

TEST_CASE("a clock that was in the future does not silence a job for long") {
  World world;
  world.clock.advance(24h * 365);
  world.scheduler().runDue();
  world.clock.advance(-24h * 365);
  Scheduler scheduler = world.scheduler();
  scheduler.runDue();
  world.clock.advance(1h);
  scheduler.runDue();
  CHECK(world.runs == 1);
}

TEST_CASE("a job whose time the settings say follows them") {
  Scratch scratch;
  ManualClock clock{kMidnight + 5min};
  std::string time = "0 2 * * *";
  int runs = 0;
  Job job = hourly([&](Progress&) -> Result<std::string> {
    ++runs;
    return std::string("counted");
  });
  job.planned = [&] { return *Schedule::parse(time); };
  Scheduler scheduler({std::move(job)}, scratch.path / "state.db", clock, 1);
  CHECK(scheduler.list()->front().schedule == "0 2 * * *");
  const auto first = scheduler.runDue();
  time = "0 3 * * *";
  CHECK(scheduler.runDue() != first);
  CHECK(scheduler.list()->front().schedule == "0 3 * * *");
  clock.advance(24h);
  scheduler.runDue();
  CHECK(runs == 1);
}

TEST_CASE("jitter moves a due time by less than its limit, always the same") {
  World world;
  Scheduler scheduler = world.scheduler(10min);
  const auto first = scheduler.runDue();
  REQUIRE(first);
  CHECK(*first >= kMidnight + 1h);
  CHECK(*first <= kMidnight + 1h + 10min);
  CHECK(scheduler.runDue() == first);
}

TEST_CASE("the history tells how each run ended") {
  Scratch scratch;
  const ManualClock clock(kMidnight);
  int run = 0;
  Scheduler scheduler({hourly([&](Progress& progress) -> Result<std::string> {
                        progress.say("half way");
                        ++run;
                        if (run == 1) return std::string("fine");
                        if (run == 2)
                          return Error{ErrorCode::Unavailable, "no disk"};
                        throw std::runtime_error("boom");
                      })},
                      scratch.path / "state.db",
                      clock,
                      1);
  REQUIRE(scheduler.start());
  for (int i = 1; i <= 3; ++i) {
    const auto before = scheduler.request("hourly");
    REQUIRE(before);
    for (;;) {
      const auto runs = scheduler.history("hourly", 1);
      REQUIRE(runs);
      if (!runs->empty() && runs->front().id > *before &&
          runs->front().outcome != Outcome::Running)
        break;
      std::this_thread::yield();
    }
  }
  const auto runs = scheduler.history("", 10);
  REQUIRE(runs);
  REQUIRE(runs->size() == 3);
  CHECK((*runs)[2].outcome == Outcome::Done);
  CHECK((*runs)[2].message == "fine");
  CHECK((*runs)[1].outcome == Outcome::Failed);
  CHECK((*runs)[1].message == "no disk");
  CHECK((*runs)[0].message == "boom");
}

TEST_CASE("one run of a job at a time; progress shows; the end is waited for") {
  Scratch scratch;
  const ManualClock clock(kMidnight);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::promise<void> begun;
  std::promise<void> go;
  auto gone = go.get_future().share();
  std::atomic<int> runs = 0;
  auto scheduler = std::make_unique<Scheduler>(
      std::vector<Job>{hourly([&](Progress& progress) -> Result<std::string> {
        most = std::max(most.load(), ++inside);
        progress.say("half way");
        if (++runs == 1) begun.set_value();
        gone.wait();
        --inside;
        return std::string("done");
      })},
      scratch.path / "state.db",
      clock,
      1);
  REQUIRE(scheduler->start());
  REQUIRE(scheduler->request("hourly"));
  begun.get_future().wait();
  const auto states = scheduler->list();
  REQUIRE(states);
  CHECK(states->front().running);
  CHECK(states->front().progress == "half way");
  REQUIRE(scheduler->request("hourly"));
  CHECK(scheduler->list()->front().waiting);
  go.set_value();
  while (runs < 2) std::this_thread::yield();
  scheduler.reset();
  CHECK(most == 1);
}

TEST_CASE("a run that a crash cut off is interrupted") {
  Scratch scratch;
  const ManualClock clock(kMidnight);
  const auto path = scratch.path / "state.db";
  {
    auto history = History::open(path, true);
    REQUIRE(history);
    REQUIRE(history->begin("hourly", kMidnight));
  }
  Scheduler scheduler({hourly(nullptr)}, path, clock, 1);
  CHECK(scheduler.history("", 1)->front().outcome == Outcome::Running);
  REQUIRE(scheduler.start());
  CHECK(scheduler.history("", 1)->front().outcome == Outcome::Interrupted);
}

TEST_CASE("the history of a job stays short") {
  Scratch scratch;
  auto history = History::open(scratch.path / "state.db", true);
  REQUIRE(history);
  for (int i = 0; i < 210; ++i) REQUIRE(history->begin("a", kMidnight));
  REQUIRE(history->begin("b", kMidnight));
  CHECK(history->runs("a", 1000)->size() == 200);
  CHECK(history->runs("", 1000)->size() == 201);
}

TEST_CASE("asking for what there is not") {
  World world;
  Scheduler scheduler = world.scheduler();
  const auto unknown = scheduler.request("none");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::NotFound);
  const auto idle = scheduler.request("hourly");
  REQUIRE_FALSE(idle);
  CHECK(idle.error().code == ErrorCode::Unavailable);
  CHECK_FALSE(scheduler.history("none", 1));
}

}  // namespace mailreeve::jobs
