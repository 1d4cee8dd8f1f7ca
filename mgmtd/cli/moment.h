// Moments as people type them.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::cli {

// "2026-03-01", "2026-03-01 12:30", "2026-03-01 12:30:05" (a T may stand for
// the blank) in local time, "today", "yesterday", or so long before `now`:
// "90s", "15m", "2h", "7d".
[[nodiscard]] Result<TimePoint> parseMoment(const std::string& text,
                                            TimePoint now);

}  // namespace mailreeve::cli
