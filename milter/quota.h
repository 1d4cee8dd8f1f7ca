// The last act: counts an outbound message against its user's day, exactly,
// when everything else has said yes and only the answer is left. Mail that was
// refused is never counted.
//
// One message counts once, however many recipients it has. Whom a session does
// not know (mail from outside, or from a trusted network without a login) is
// not counted: there is nobody to count for.
#pragma once

#include <cstddef>

#include "core/store/usage.h"
#include "milter/trace.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

// Which user a message counts for; empty: for nobody.
[[nodiscard]] std::string quotaUser(const Transaction& transaction);

struct Charged {
  Verdict verdict;
  bool counted = false;  // Give it back if the answer cannot be given.
};

// A counter that cannot be reached defers the message when a limit is set,
// because a limit must not be passed by breaking the disk; without a limit it
// is only logged.
[[nodiscard]] Charged charge(const Transaction& transaction,
                             std::size_t size,
                             store::UsageCounter& usage,
                             Trace& trace);

}  // namespace mailreeve::milter
