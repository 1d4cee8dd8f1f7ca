// The short code that a reply shows to the client and that finds the reason in
// the log.
#pragma once

#include <string>

namespace mailreeve {

// Eight characters of Crockford's base 32 (no I, L, O, U), drawn at random:
// short enough to be read out on the telephone. A code that a day's million
// refusals use twice is told apart by the time beside it. Any thread.
[[nodiscard]] std::string traceCode();

}  // namespace mailreeve
