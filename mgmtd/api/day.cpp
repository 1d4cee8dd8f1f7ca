#include "mgmtd/api/day.h"

#include <array>
#include <ctime>

namespace mailreeve::api {

namespace {

std::string format(const char* pattern, const std::tm& parts) {
  std::array<char, 64> out{};
  const std::size_t size =
      std::strftime(out.data(), out.size(), pattern, &parts);
  return {out.data(), size};
}

std::tm local(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string localDay(TimePoint time) {
  return format("%Y-%m-%d", local(time));
}

std::string utcText(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return format("%Y-%m-%dT%H:%M:%SZ", parts);
}

std::string localText(TimePoint time) {
  return format("%Y-%m-%d %H:%M:%S", local(time));
}

}  // namespace mailreeve::api
