// For what another thread does a moment later.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace mailreeve {

// Whether `holds` becomes true; given up after ten seconds.
inline bool becomes(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace mailreeve
