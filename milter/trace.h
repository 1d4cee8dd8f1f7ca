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

// Eight characters of Crockford's base 32, drawn at random: short enough to be
// read out on the telephone, and two of a day's million messages share one with
// a chance of 1 in 2. The log line's time tells those apart.
[[nodiscard]] std::string traceCode();

}  // namespace mailreeve::milter
