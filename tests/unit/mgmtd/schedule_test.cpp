#include "mgmtd/jobs/schedule.h"

#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

#include "mgmtd/jobs/standard.h"

namespace mailreeve::jobs {

namespace {

// Sets the process's time zone for one test.
struct Zone {
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);  // NOLINT(concurrency-mt-unsafe): one thread.
    ::tzset();
  }

  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  Zone(Zone&&) = delete;
  Zone& operator=(Zone&&) = delete;

  ~Zone() {
    ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
    ::tzset();
  }
};

TimePoint utc(const std::string& text) {
  std::tm parts{};
  REQUIRE(::strptime(text.c_str(), "%Y-%m-%d %H:%M", &parts) != nullptr);
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string utcText(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char out[32];
  std::strftime(out, sizeof(out), "%Y-%m-%d %H:%M", &parts);
  return out;
}

}  // namespace

TEST_CASE("due times, the days of clock changes included") {
  // Berlin: UTC+1; 2026-03-29 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00.
  const Zone zone("Europe/Berlin");

  struct Row {
    std::string label;
    std::string schedule;
    std::string after;              // UTC.
    std::vector<std::string> want;  // The next ones, UTC.
  };

  const Row rows[] = {
      {"daily, later today",
       "10 3 * * *",
       "2026-01-10 00:00",
       {"2026-01-10 02:10", "2026-01-11 02:10"}},
      {"the moment itself is over",
       "10 3 * * *",
       "2026-01-10 02:10",
       {"2026-01-11 02:10"}},
      {"summer time is an hour earlier in UTC",
       "10 4 * * *",
       "2026-03-28 00:00",
       {"2026-03-28 03:10", "2026-03-29 02:10", "2026-03-30 02:10"}},
      {"a time that is skipped comes as much later, once",
       "30 2 * * *",
       "2026-03-28 12:00",
       {"2026-03-29 01:30", "2026-03-30 00:30"}},
      {"a time that comes twice is due the first time only",
       "30 2 * * *",
       "2026-10-24 12:00",
       {"2026-10-25 00:30", "2026-10-26 01:30"}},
      {"every half hour goes on through the hour that comes twice",
       "*/30 * * * *",
       "2026-10-25 00:00",
       {"2026-10-25 00:30",
        "2026-10-25 01:00",
        "2026-10-25 01:30",
        "2026-10-25 02:00"}},
      {"every half hour, over the hour that is skipped",
       "*/30 * * * *",
       "2026-03-29 00:20",
       {"2026-03-29 00:30", "2026-03-29 01:00", "2026-03-29 01:30"}},
      {"Sundays",
       "0 4 * * 0",
       "2026-01-10 00:00",
       {"2026-01-11 03:00", "2026-01-18 03:00"}},
      {"7 is Sunday too",
       "0 4 * * 7",
       "2026-01-10 00:00",
       {"2026-01-11 03:00"}},
      {"weekdays", "0 12 * * 1-5", "2026-01-10 00:00", {"2026-01-12 11:00"}},
      {"day or weekday, as in cron",
       "0 12 15 * 1",
       "2026-01-10 00:00",
       {"2026-01-12 11:00", "2026-01-15 11:00", "2026-01-19 11:00"}},
      {"29 February waits for its year",
       "0 0 29 2 *",
       "2026-01-10 00:00",
       {"2028-02-28 23:00"}},
      {"lists and steps",
       "5,55 8-12/2 * * *",
       "2026-01-10 08:00",
       {"2026-01-10 09:05", "2026-01-10 09:55", "2026-01-10 11:05"}},
      {"the year's end", "0 0 1 1 *", "2026-12-31 22:30", {"2026-12-31 23:00"}},
      {"30 February never comes", "0 0 30 2 *", "2026-01-10 00:00", {"never"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto schedule = Schedule::parse(row.schedule);
    REQUIRE(schedule);
    TimePoint now = utc(row.after);
    for (const auto& want : row.want) {
      const auto next = schedule->next(now);
      CHECK((next ? utcText(*next) : "never") == want);
      if (next) now = *next;
    }
  }
}

TEST_CASE("a change at midnight and one of half an hour") {
  {
    // 2026-09-06 00:00 -> 01:00.
    const Zone zone("America/Santiago");
    const auto next =
        Schedule::parse("0 0 * * *")->next(utc("2026-09-05 12:00"));
    REQUIRE(next);
    CHECK(utcText(*next) == "2026-09-06 04:00");
  }
  // 2026-10-04 02:00 -> 02:30.
  const Zone zone("Australia/Lord_Howe");
  const auto next =
      Schedule::parse("15 2 * * *")->next(utc("2026-10-03 00:00"));
  REQUIRE(next);
  CHECK(utcText(*next) == "2026-10-03 15:45");
}

TEST_CASE("schedules that are none") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"empty", "", "five fields"},
      {"four fields", "* * * *", "five fields"},
      {"six fields", "* * * * * *", "five fields"},
      {"minute 60", "60 * * * *", "the minute"},
      {"hour 24", "0 24 * * *", "the hour"},
      {"day 0", "0 0 0 * *", "the day"},
      {"month 13", "0 0 * 13 *", "the month"},
      {"weekday 8", "0 0 * * 8", "the weekday"},
      {"a range backwards", "5-1 * * * *", "the minute"},
      {"a step of 0", "*/0 * * * *", "the minute"},
      {"a name", "0 0 * jan *", "the month"},
      {"an empty item", "1,,2 * * * *", "the minute"},
      {"a sign", "-1 * * * *", "the minute"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto schedule = Schedule::parse(row.text);
    REQUIRE_FALSE(schedule);
    CHECK(schedule.error().what.find(row.want) != std::string::npos);
  }
}

TEST_CASE("every standard job has a schedule that comes") {
  const SystemClock clock;
  for (const auto& job : standardJobs({}, clock, nullptr)) {
    CAPTURE(job.name);
    CHECK(job.schedule.next(clock.now()).has_value());
  }
}

TEST_CASE("generations that may go") {
  struct Row {
    std::string label;
    std::vector<std::uint64_t> existing;
    std::uint64_t current;
    std::vector<std::uint64_t> want;
  };

  const Row rows[] = {
      {"few", {0, 1, 2}, 2, {}},
      {"the oldest, but not the first", {0, 1, 2, 3, 4, 5}, 5, {1, 2}},
      {"not the one in force", {5, 4, 3, 2, 1, 0}, 1, {2}},
      {"none there", {}, 0, {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(superfluous(row.existing, row.current, 3) == row.want);
  }
}

}  // namespace mailreeve::jobs
