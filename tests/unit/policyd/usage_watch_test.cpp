#include "policyd/usage_watch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/becomes.h"
#include "tests/unit/scratch.h"

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

std::filesystem::path databaseIn(const Scratch& scratch) {
  return scratch.path / "counters.db";
}

std::int64_t messages(const UsageWatch& watch, const std::string& user) {
  const auto usage = watch.usedToday(user);
  return usage ? usage->messages : -1;
}

void count(store::UsageCounter& counter, const std::string& user) {
  const auto charged = counter.charge(user, 100, {});
  REQUIRE(charged);
  REQUIRE(*charged == store::Charge::Counted);
}

}  // namespace

TEST_CASE("what milterd counts is known a moment later") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  auto counter = store::UsageCounter::open(databaseIn(scratch), clock);
  REQUIRE(counter);
  count(**counter, "a@home.example");

  UsageWatch watch(databaseIn(scratch), clock, 5ms);
  CHECK(messages(watch, "a@home.example") == -1);
  watch.want(true);
  CHECK(messages(watch, "a@home.example") == 1);
  CHECK(messages(watch, "b@home.example") == 0);

  count(**counter, "a@home.example");
  CHECK(becomes([&] { return messages(watch, "a@home.example") == 2; }));

  clock.advance(24h);
  CHECK(becomes([&] { return messages(watch, "a@home.example") == 0; }));
}

TEST_CASE("without a database nobody has sent anything") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  UsageWatch watch(databaseIn(scratch), clock, 5ms);
  watch.want(true);
  CHECK(messages(watch, "a@home.example") == 0);
}

TEST_CASE("a database that cannot be read is an error until it can") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  std::ofstream(databaseIn(scratch)) << std::string(5000, 'x');
  UsageWatch watch(databaseIn(scratch), clock, 5ms);
  watch.want(true);
  CHECK(messages(watch, "a@home.example") == -1);

  std::filesystem::remove(databaseIn(scratch));
  CHECK(becomes([&] { return messages(watch, "a@home.example") == 0; }));
}

}  // namespace mailreeve::policyd
