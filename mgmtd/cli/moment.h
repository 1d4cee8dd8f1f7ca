// Moments as people type them.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::cli {

// "2026-03-01", "2026-03-01 12:30", "2026-03-01 12:30:05" (a T may stand for
// the blank) in local time, "2026-03-01T11:30:05Z" in UTC, "today",
// "yesterday", or so long before `now`: "90s", "15m", "2h", "7d".
[[nodiscard]] Result<TimePoint> parseMoment(const std::string& text,
                                            TimePoint now);

// What the management daemon calls "2026-03-01T11:30:05Z", for people:
// "2026-03-01 12:30:05" in local time. Any other text stays as it is.
[[nodiscard]] std::string shownTime(const std::string& utc);

}  // namespace mailreeve::cli
