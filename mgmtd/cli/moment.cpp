#include "mgmtd/cli/moment.h"

#include <ctime>
#include <optional>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/base/unix_time.h"

namespace mailreeve::cli {

namespace {

std::optional<std::chrono::seconds> parseAgo(const std::string& text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = parseNumber(text.substr(0, text.size() - 1));
  if (!count || *count > 1'000'000) return std::nullopt;
  const auto n = static_cast<std::int64_t>(*count);
  switch (text.back()) {
    case 's':
      return std::chrono::seconds(n);
    case 'm':
      return std::chrono::minutes(n);
    case 'h':
      return std::chrono::hours(n);
    case 'd':
      return std::chrono::days(n);
    default:
      return std::nullopt;
  }
}

std::optional<TimePoint> parseUtc(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const std::time_t seconds = ::timegm(&parts);
  if (seconds < 0 || seconds > kLastSecond) return std::nullopt;
  return fromSeconds(seconds);
}

std::optional<TimePoint> parseLocal(const std::string& text) {
  for (const char* pattern : {"%Y-%m-%d",
                              "%Y-%m-%d %H:%M",
                              "%Y-%m-%d %H:%M:%S",
                              "%Y-%m-%dT%H:%M",
                              "%Y-%m-%dT%H:%M:%S"}) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), pattern, &parts);
    if (end == nullptr || *end != '\0') continue;
    parts.tm_isdst = -1;
    const std::time_t seconds = std::mktime(&parts);
    if (seconds < 0 || seconds > kLastSecond) return std::nullopt;
    return fromSeconds(seconds);
  }
  return std::nullopt;
}

TimePoint midnight(TimePoint now, int daysBefore) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  parts.tm_mday -= daysBefore;
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_isdst = -1;
  return std::chrono::system_clock::from_time_t(std::mktime(&parts));
}

}  // namespace

Result<TimePoint> parseMoment(const std::string& text, TimePoint now) {
  if (text == "today") return midnight(now, 0);
  if (text == "yesterday") return midnight(now, 1);
  if (const auto ago = parseAgo(text)) return now - *ago;
  if (const auto utc = parseUtc(text)) return *utc;
  if (const auto local = parseLocal(text)) return *local;
  return Error{ErrorCode::Invalid,
               "'" + printable(text) +
                   "' is no time, such as 2026-03-01, \"2026-03-01 12:30\", "
                   "yesterday or 2h"};
}

std::string shownTime(const std::string& utc) {
  const auto moment = parseUtc(utc);
  return moment ? localText(*moment) : utc;
}

}  // namespace mailreeve::cli
