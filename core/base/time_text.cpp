#include "core/base/time_text.h"

#include <array>
#include <ctime>

namespace mailreeve {

namespace {

std::string text(const char* format, const std::tm& parts) {
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), format, &parts)};
}

}  // namespace

std::string localTime(TimePoint time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return text(format, parts);
}

std::string utcTime(TimePoint time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return text(format, parts);
}

std::string localDay(TimePoint time) {
  return localTime(time, "%Y-%m-%d");
}

std::string localText(TimePoint time) {
  return localTime(time, "%Y-%m-%d %H:%M:%S");
}

std::string utcText(TimePoint time) {
  return utcTime(time, "%Y-%m-%dT%H:%M:%SZ");
}

std::string utcMailDate(TimePoint time) {
  return utcTime(time, "%a, %d %b %Y %H:%M:%S +0000");
}

}  // namespace mailreeve
