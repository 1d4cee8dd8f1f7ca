#include "core/base/time_text.h"

#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

namespace mailreeve {

namespace {

// 2026-03-01 23:30:05 UTC: in Berlin it is Monday.
const TimePoint kNight = std::chrono::system_clock::from_time_t(1'772'407'805);

TEST_CASE("a moment is told here and in UTC") {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  CHECK(localDay(kNight) == "2026-03-02");
  CHECK(localText(kNight) == "2026-03-02 00:30:05");
  CHECK(localTime(kNight, "%H:%M %z") == "00:30 +0100");
  CHECK(utcText(kNight) == "2026-03-01T23:30:05Z");
  CHECK(utcTime(kNight, "%Y%m%d") == "20260301");
  CHECK(utcMailDate(kNight) == "Sun, 01 Mar 2026 23:30:05 +0000");
}

}  // namespace

}  // namespace mailreeve
