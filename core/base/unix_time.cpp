#include "core/base/unix_time.h"

#include "core/base/text.h"

namespace mailreeve {

std::optional<TimePoint> parseSeconds(std::string_view digits) {
  const auto seconds = parseNumber(digits);
  if (!seconds || *seconds > std::uint64_t{kLastSecond}) return std::nullopt;
  return fromSeconds(static_cast<std::int64_t>(*seconds));
}

}  // namespace mailreeve
