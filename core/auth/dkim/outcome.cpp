#include "core/auth/dkim/outcome.h"

namespace mailreeve::dkim {

std::string_view describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::None:
      return "none";
    case Outcome::Pass:
      return "pass";
    case Outcome::Fail:
      return "fail";
    case Outcome::Policy:
      return "policy";
    case Outcome::Neutral:
      return "neutral";
    case Outcome::TempError:
      return "temperror";
    case Outcome::PermError:
      break;
  }
  return "permerror";
}

}  // namespace mailreeve::dkim
