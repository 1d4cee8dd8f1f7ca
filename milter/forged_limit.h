// How many fields a message may carry that only we may write. Each that is
// taken off makes the MTA read the header from its beginning, and so do we: ten
// thousand of them, in a message of 150 kB, cost both of us seconds. Nobody who
// relays mail comes near the limit.
#pragma once

#include <cstddef>
#include <string>

#include "milter/verdict.h"

namespace mailreeve::milter {

inline constexpr std::size_t kMostForged = 100;

[[nodiscard]] inline Verdict tooManyForged(std::size_t number) {
  return Verdict::reject(
      {554, "5.6.0", "Too many fields that only this server may write"},
      std::to_string(number) + " fields that only we may write");
}

}  // namespace mailreeve::milter
