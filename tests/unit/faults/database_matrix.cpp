#include "tests/unit/faults/database_matrix.h"

namespace mailreeve::faults {

const std::string& DatabaseWants::of(DatabaseFault fault) const {
  switch (fault) {
    case DatabaseFault::InTheWay:
      return inTheWay;
    case DatabaseFault::NoDatabase:
      return noDatabase;
    case DatabaseFault::Locked:
      return locked;
    case DatabaseFault::Full:
      return full;
    case DatabaseFault::None:
      break;
  }
  return well;
}

}  // namespace mailreeve::faults
