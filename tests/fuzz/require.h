// How a fuzzer says that something must hold: whatever does not is a crash.
#pragma once

#include <cstdlib>

namespace mailreeve {

inline void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace mailreeve
