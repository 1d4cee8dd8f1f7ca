// Times as text.
#pragma once

#include <string>

#include "core/base/clock.h"

namespace mailreeve::api {

// "2026-03-01" in the local time zone.
[[nodiscard]] std::string localDay(TimePoint time);

// "2026-03-01T12:00:00Z"
[[nodiscard]] std::string utcText(TimePoint time);

// "2026-03-01 13:00:00" in the local time zone.
[[nodiscard]] std::string localText(TimePoint time);

}  // namespace mailreeve::api
