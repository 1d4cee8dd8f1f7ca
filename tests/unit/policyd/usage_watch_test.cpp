#include "policyd/usage_watch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include <doctest/doctest.h>

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

struct Directory {
  std::filesystem::path path;

  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "usage.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  Directory(Directory&&) = delete;
  Directory& operator=(Directory&&) = delete;

  ~Directory() { std::filesystem::remove_all(path); }

  [[nodiscard]] std::filesystem::path database() const {
    return path / "counters.db";
  }
};

// Whether `holds` becomes true; given up after ten seconds.
bool becomes(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
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
  const Directory directory;
  ManualClock clock(kNoon);
  auto counter = store::UsageCounter::open(directory.database(), clock);
  REQUIRE(counter);
  count(**counter, "a@home.example");

  UsageWatch watch(directory.database(), clock, 5ms);
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
  const Directory directory;
  const ManualClock clock(kNoon);
  UsageWatch watch(directory.database(), clock, 5ms);
  watch.want(true);
  CHECK(messages(watch, "a@home.example") == 0);
}

TEST_CASE("a database that cannot be read is an error until it can") {
  const Directory directory;
  const ManualClock clock(kNoon);
  std::ofstream(directory.database()) << std::string(5000, 'x');
  UsageWatch watch(directory.database(), clock, 5ms);
  watch.want(true);
  CHECK(messages(watch, "a@home.example") == -1);

  std::filesystem::remove(directory.database());
  CHECK(becomes([&] { return messages(watch, "a@home.example") == 0; }));
}

}  // namespace mailreeve::policyd
