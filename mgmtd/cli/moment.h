// Moments as people type them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::cli {

// "2026-03-01", "2026-03-01 12:30", "2026-03-01 12:30:05" (a T may stand for
// the blank) in local time, "today", "yesterday", or so long before `now`:
// "90s", "15m", "2h", "7d".
[[nodiscard]] Result<TimePoint> parseMoment(const std::string& text,
                                            TimePoint now);

// The same in milliseconds since 1970, before now; nothing for an empty text.
[[nodiscard]] Result<std::optional<std::int64_t>> millisecondsOf(
    const std::string& text);

}  // namespace mailreeve::cli
