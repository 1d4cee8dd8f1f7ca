// A message that mgmtd releases from quarantine: judged again by every check,
// with the envelope it came with, and excused from the one verdict it was held
// for, and from those that an administrator has named.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "milter/verdict.h"

namespace mailreeve::milter {

struct Released {
  std::string id;  // In the quarantine.

  // The steps whose verdicts are waived; none of them looks for viruses.
  std::vector<std::string> waived;

  std::string found = {};  // What it was held for: a virus, a rule.

  [[nodiscard]] bool waives(std::string_view step) const {
    return std::find(waived.begin(), waived.end(), step) != waived.end();
  }
};

// What a step's verdict means for it. What is not waived and would be held
// again, thrown away or delivered as a marked virus is refused instead: who
// released it learns so, and nothing goes round in circles.
[[nodiscard]] Verdict forRelease(const Released& released,
                                 std::string_view step,
                                 Verdict verdict);

}  // namespace mailreeve::milter
