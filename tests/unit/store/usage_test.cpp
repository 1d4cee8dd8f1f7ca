#include "core/store/usage.h"

#include <atomic>
#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/database.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

std::filesystem::path databaseIn(const Scratch& scratch) {
  return scratch.path / "counters.db";
}

// Noon, so that the day is the same in every time zone but two.
const TimePoint kNoon{
    std::chrono::seconds(1'700'000'000 / 86400 * 86400 + 43200)};

std::unique_ptr<UsageCounter> open(const Scratch& scratch, const Clock& clock) {
  auto counter = UsageCounter::open(databaseIn(scratch), clock);
  REQUIRE(counter);
  return *std::move(counter);
}

Usage stored(const Scratch& scratch,
             const std::string& user,
             TimePoint when = kNoon) {
  auto usage = listUsage(databaseIn(scratch), usageDay(when));
  REQUIRE(usage);
  for (const auto& row : *usage)
    if (row.user == user) return row;
  return {user, usageDay(when), 0, 0};
}

}  // namespace

TEST_CASE("a limit is decided before it is passed, never after") {
  struct Case {
    std::string label;
    Usage used;
    std::int64_t bytes;
    UsageLimit limit;
    Charge want;
  };

  const Case cases[] = {
      {"no limit", {"", "", 1000, 1000}, 1, {0, 0}, Charge::Counted},
      {"the last one allowed", {"", "", 9, 0}, 1, {10, 0}, Charge::Counted},
      {"one too many", {"", "", 10, 0}, 1, {10, 0}, Charge::OverMessages},
      {"a volume that just fits",
       {"", "", 0, 90},
       10,
       {0, 100},
       Charge::Counted},
      {"a byte too many", {"", "", 0, 90}, 11, {0, 100}, Charge::OverBytes},
      {"one message over the whole volume",
       {"", "", 0, 0},
       101,
       {0, 100},
       Charge::OverBytes},
      {"a volume near the end of the range",
       {"", "", 0, INT64_MAX - 1},
       INT64_MAX,
       {0, INT64_MAX},
       Charge::OverBytes},
      {"both: messages are named first",
       {"", "", 1, 1},
       1,
       {1, 1},
       Charge::OverMessages},
  };
  for (const auto& row : cases) {
    CAPTURE(row.label);
    CHECK(decide(row.used, row.bytes, row.limit) == row.want);
  }
}

TEST_CASE("32 senders with a quota of 100 get exactly 100 through") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto counter = open(scratch, clock);
  std::atomic<int> counted{0};
  std::atomic<int> refused{0};
  {
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 32; ++sender)
      senders.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          const auto answer = counter->charge("a@b.example", 10, {100, 0});
          if (answer && *answer == Charge::Counted) ++counted;
          if (answer && *answer == Charge::OverMessages) ++refused;
        }
      });
  }
  CHECK(counted == 100);
  CHECK(refused == 540);
  CHECK(stored(scratch, "a@b.example").messages == 100);
  CHECK(stored(scratch, "a@b.example").bytes == 1000);
}

TEST_CASE("32 senders with a volume of 1000 bytes never pass it") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto counter = open(scratch, clock);
  {
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 32; ++sender)
      senders.emplace_back([&, sender] {
        for (int i = 0; i < 10; ++i)
          (void)counter->charge("a@b.example", 7 + sender, {0, 1000});
      });
  }
  const auto bytes = stored(scratch, "a@b.example").bytes;
  CHECK(bytes <= 1000);
  CHECK(bytes > 1000 - 7);  // The smallest would still have fitted.
}

TEST_CASE("what is given back may be sent again") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  {
    const auto counter = open(scratch, clock);
    CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::Counted);
    CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::OverMessages);
    counter->giveBack("a@b.example", 5);
    CHECK(*counter->charge("a@b.example", 6, {1, 0}) == Charge::Counted);
    counter->giveBack("a@b.example", 600);  // Never counted: changes nothing.
  }
  CHECK(stored(scratch, "a@b.example").messages == 1);
  CHECK(stored(scratch, "a@b.example").bytes == 6);
}

TEST_CASE("a new day begins with nothing, an old one stays on record") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  const auto counter = open(scratch, clock);
  CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::Counted);
  CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::OverMessages);
  clock.advance(std::chrono::hours(24));
  CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::Counted);
  CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::OverMessages);
  clock.advance(-std::chrono::hours(24));  // A clock that is set back.
  CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::OverMessages);
  CHECK(stored(scratch, "a@b.example").messages == 1);
}

TEST_CASE("the count outlives the process") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  (void)*open(scratch, clock)->charge("a@b.example", 5, {2, 0});
  const auto counter = open(scratch, clock);
  CHECK(*counter->charge("a@b.example", 5, {2, 0}) == Charge::Counted);
  CHECK(*counter->charge("a@b.example", 5, {2, 0}) == Charge::OverMessages);
}

TEST_CASE("what was answered survives kill -9") {
  const Scratch scratch;
  int answers[2] = {-1, -1};
  REQUIRE(pipe(answers) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const ManualClock clock(kNoon);
    const auto counter = UsageCounter::open(databaseIn(scratch), clock);
    for (;;) {
      const auto answer = (*counter)->charge("a@b.example", 1, {});
      if (!answer || write(answers[1], "x", 1) != 1) _exit(1);
    }
  }
  close(answers[1]);
  std::int64_t seen = 0;
  char byte = 0;
  while (seen < 200 && read(answers[0], &byte, 1) == 1) ++seen;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(answers[0], &byte, 1) == 1) ++seen;
  close(answers[0]);
  const ManualClock clock(kNoon);
  (void)open(scratch, clock);
  const auto count = stored(scratch, "a@b.example").messages;
  CHECK(count >= seen);
  CHECK(count <= seen + 1);  // Counted, but killed before the answer.
}

TEST_CASE("clearing works at once when the counter is told") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto counter = open(scratch, clock);
  for (const std::string user : {"a@b.example", "c@b.example"})
    CHECK(*counter->charge(user, 5, {1, 0}) == Charge::Counted);
  CHECK(*clearUsage(databaseIn(scratch), "a@b.example") == 1);
  CHECK(counter->reload());
  CHECK(*counter->charge("a@b.example", 5, {1, 0}) == Charge::Counted);
  CHECK(*counter->charge("c@b.example", 5, {1, 0}) == Charge::OverMessages);
  CHECK(*clearUsage(databaseIn(scratch), "") == 2);
  CHECK(counter->reload());
  CHECK(*counter->charge("c@b.example", 5, {1, 0}) == Charge::Counted);
  CHECK(stored(scratch, "a@b.example").messages == 0);
}

TEST_CASE("reloading under way loses and invents nothing") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto counter = open(scratch, clock);
  {
    std::vector<std::jthread> threads;
    for (int sender = 0; sender < 8; ++sender)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          (void)counter->charge("a@b.example", 1, {300, 0});
      });
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) CHECK(counter->reload());
    });
  }
  CHECK(stored(scratch, "a@b.example").messages == 300);
}

TEST_CASE("a counter that cannot write answers with an Error, not a count") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto counter = open(scratch, clock);
  CHECK(*counter->charge("a@b.example", 1, {2, 0}) == Charge::Counted);
  auto other = Database::open(databaseIn(scratch), {"other", {}});
  REQUIRE(other);
  REQUIRE(other->execute("ALTER TABLE usage RENAME TO elsewhere"));
  CHECK_FALSE(counter->charge("a@b.example", 1, {2, 0}));
  REQUIRE(other->execute("ALTER TABLE elsewhere RENAME TO usage"));
  CHECK(*counter->charge("a@b.example", 1, {2, 0}) == Charge::Counted);
  CHECK(*counter->charge("a@b.example", 1, {2, 0}) == Charge::OverMessages);
  CHECK(stored(scratch, "a@b.example").messages == 2);
}

TEST_CASE("nobody has sent anything before there is a database") {
  const Scratch scratch;
  const auto usage = listUsage(databaseIn(scratch), "2026-01-01");
  REQUIRE(usage);
  CHECK(usage->empty());
}

TEST_CASE("a reader knows whether it would read the same again") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  {
    auto reader = UsageReader::open(databaseIn(scratch), clock);
    REQUIRE(reader);
    CHECK(reader->read()->empty());
    CHECK_FALSE(reader->current());  // There may be a database by now.
  }
  const auto counter = open(scratch, clock);
  REQUIRE(counter->charge("ann", 10, {}));
  auto reader = UsageReader::open(databaseIn(scratch), clock);
  REQUIRE(reader);
  CHECK(reader->read()->at("ann").messages == 1);
  CHECK(reader->current());
  REQUIRE(counter->charge("ann", 10, {}));
  CHECK_FALSE(reader->current());
  CHECK(reader->read()->at("ann").messages == 2);
  CHECK(reader->current());
  clock.advance(std::chrono::hours(24));
  CHECK_FALSE(reader->current());
  CHECK(reader->read()->empty());
}

}  // namespace mailreeve::store
