// Is a key published? What the DNS says below _domainkey, held against the
// record that should stand there.
#pragma once

#include <string>
#include <string_view>

#include "core/dns/resolver.h"

namespace mailreeve::dkim {

struct Publication {
  enum class Sight {
    Right,    // There, and what a receiver needs to verify.
    Missing,  // No record, or no such name.
    Wrong,    // A record that verifies nothing of this key.
    Unknown,  // Nobody could say.
  };

  Sight sight = Sight::Unknown;
  std::string problem;  // Why it is not Right.
};

// `answer` is to the TXT question for recordName(); `record` is recordText().
// Tags may stand in another order, and there may be more of them.
[[nodiscard]] Publication judgePublication(const dns::Answer& answer,
                                           std::string_view record);

}  // namespace mailreeve::dkim
