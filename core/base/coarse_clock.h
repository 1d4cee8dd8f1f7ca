// Steady time to within some milliseconds, as of the kernel's last tick: for
// limits of seconds, and to tell slow from fast. To read an exact clock can
// cost more than what is measured, on virtual machines most of all.
#pragma once

#include <chrono>
#include <ctime>

namespace mailreeve {

struct CoarseClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<CoarseClock>;
  static constexpr bool is_steady = true;

  // clock_gettime(2), CLOCK_MONOTONIC_COARSE, which cannot fail on Linux.
  [[nodiscard]] static time_point now() noexcept {
    timespec time{};
    (void)::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return time_point(std::chrono::seconds(time.tv_sec) +
                      std::chrono::nanoseconds(time.tv_nsec));
  }
};

}  // namespace mailreeve
