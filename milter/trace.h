// How a message came to its verdict: one line for each step that looked at it.
// The same lines are logged, stored as the message's event and printed by
// `mgmtctl explain`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "milter/verdict.h"

namespace mailreeve::milter {

struct TraceLine {
  std::string step;
  Verdict::Kind says = Verdict::Kind::Pass;
  std::string saw;
  std::chrono::microseconds took{0};
};

using Trace = std::vector<TraceLine>;

// "hops: pass, 3 of 50 Received fields (2 us)".
[[nodiscard]] std::string text(const TraceLine& line);

}  // namespace mailreeve::milter
