#include "core/base/unix_time.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("a count is the time it was made of") {
  const TimePoint time = fromMilliseconds(1'770'000'000'123);
  CHECK(toMilliseconds(time) == 1'770'000'000'123);
  CHECK(toSeconds(time) == 1'770'000'000);
  CHECK(fromSeconds(1'770'000'000) < time);
}

TEST_CASE("digits from outside are a time as far as the clock goes") {
  struct Row {
    std::string label;
    std::string digits;
    bool isTime;
  };

  for (const auto& row : {
           Row{"the beginning", "0", true},
           Row{"today", "1770000000", true},
           Row{"the last second of the clock", "9223372036", true},
           Row{"one behind it", "9223372037", false},
           Row{"what wraps around to today in nanoseconds",
               "20216744073",
               false},
           Row{"more than any number holds", "99999999999999999999", false},
           Row{"a minus", "-1", false},
           Row{"nothing", "", false},
       }) {
    CAPTURE(row.label);
    const auto time = parseSeconds(row.digits);
    CHECK(time.has_value() == row.isTime);
    if (time) CHECK(std::to_string(toSeconds(*time)) == row.digits);
  }
}

}  // namespace mailreeve
