// The rows of the fault matrix: settings, and what becomes of the message with
// a helper that is well and with one that is not.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/faults/helpers.h"

namespace mailreeve::faults {

// Whose key is asked for, if any; then only that key meets the fault.
enum class Key {
  None,
  Authors,  // Of the signature of the author's domain.
  Changed,  // The same, over another subject.
  Lists,    // Of a mailing list's seal, which says that DMARC passed.
};

struct Row {
  std::string label;
  Helper helper;
  std::string settings;  // $S: the helper's place. $T: seconds. $D: the domain.
                         // $B: the place of a clamd that is well.
  std::string well;      // A helper without a fault.
  std::string broken;    // Each of the faults.

  std::string author = "spf";  // The first label of the domain.
  Key key = Key::None;
  std::string dead = {};  // With no name server at all; empty: as `broken`.
};

[[nodiscard]] const std::vector<Row>& rows();

}  // namespace mailreeve::faults
