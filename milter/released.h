// A message that mgmtd releases from quarantine: judged again by every check,
// with the envelope it came with, and excused from one verdict alone.
#pragma once

#include <string>
#include <string_view>

#include "milter/verdict.h"

namespace mailreeve::milter {

struct Released {
  std::string id;  // In the quarantine.

  // The step whose verdict it was held for, and which the release waives.
  // Empty: none is, as for viruses.
  std::string waived;

  std::string found = {};  // What it was held for: a virus, a rule.

  [[nodiscard]] bool waives(std::string_view step) const {
    return !waived.empty() && waived == step;
  }
};

// What a step's verdict means for it. What is not waived and would be held
// again, thrown away or delivered as a marked virus is refused instead: who
// released it learns so, and nothing goes round in circles.
[[nodiscard]] Verdict forRelease(const Released& released,
                                 std::string_view step,
                                 Verdict verdict);

}  // namespace mailreeve::milter
