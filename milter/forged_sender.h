// Whether the sender's address of a message may be somebody else's. What
// settings spare a sender (attachment rules, a filter that says "no spam") they
// spare whoever really is it: anybody can write an address into MAIL FROM.
#pragma once

#include "milter/findings.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

// An address of ours on mail that neither logged in nor comes from a network of
// ours or one that we sign for, and whose domain does not say by SPF that it
// may. Known from DATA on.
[[nodiscard]] bool claimsToBeOurs(const Transaction& transaction,
                                  const Findings& findings);

// The same, or what is known of it speaks against it (senderIsDoubtful).
[[nodiscard]] bool mayBeForged(const Transaction& transaction,
                               const Findings& findings);

}  // namespace mailreeve::milter
