// Times as they are stored and sent: counted since 1970, UTC; what is left over
// is dropped. A count from outside may be more than the clock holds: it is
// checked before it becomes a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/clock.h"

namespace mailreeve {

// The clock counts nanoseconds, and ends in 2262.
inline constexpr std::int64_t kLastMillisecond =
    std::chrono::duration_cast<std::chrono::milliseconds>(
        TimePoint::max().time_since_epoch())
        .count();
inline constexpr std::int64_t kLastSecond = kLastMillisecond / 1000;

[[nodiscard]] inline std::int64_t toSeconds(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(
             time.time_since_epoch())
      .count();
}

[[nodiscard]] inline std::int64_t toMilliseconds(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             time.time_since_epoch())
      .count();
}

// Of counts that a clock gave.
[[nodiscard]] inline TimePoint fromSeconds(std::int64_t seconds) {
  return TimePoint(std::chrono::seconds(seconds));
}

[[nodiscard]] inline TimePoint fromMilliseconds(std::int64_t milliseconds) {
  return TimePoint(std::chrono::milliseconds(milliseconds));
}

// Seconds in digits, from anywhere; nothing for what is no number, or beyond
// the end of the clock.
[[nodiscard]] std::optional<TimePoint> parseSeconds(std::string_view digits);

}  // namespace mailreeve
