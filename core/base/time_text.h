// Times as text. The programs run in the C locale: names of days and months are
// English.
#pragma once

#include <string>

#include "core/base/clock.h"

namespace mailreeve {

// By strftime(3), in the local time zone and in UTC. At most 63 bytes.
[[nodiscard]] std::string localTime(TimePoint time, const char* format);
[[nodiscard]] std::string utcTime(TimePoint time, const char* format);

// "2026-03-01" in the local time zone.
[[nodiscard]] std::string localDay(TimePoint time);

// "2026-03-01 13:00:00" in the local time zone.
[[nodiscard]] std::string localText(TimePoint time);

// "2026-03-01T12:00:00Z"
[[nodiscard]] std::string utcText(TimePoint time);

// "Sun, 01 Mar 2026 12:00:00 +0000": RFC 5322 section 3.3.
[[nodiscard]] std::string utcMailDate(TimePoint time);

}  // namespace mailreeve
