// Whether the sender's address of a message may be somebody else's. What
// settings spare a sender (attachment rules, a filter that says "no spam", the
// bonus of a correspondent) they spare whoever really is it: anybody can write
// an address into MAIL FROM.
#pragma once

#include "milter/findings.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

// An address of ours on mail that neither logged in nor comes from a network of
// ours or one that we sign for, and whose domain does not say by SPF that it
// may. Known from DATA on.
[[nodiscard]] bool claimsToBeOurs(const Transaction& transaction,
                                  const Findings& findings);

// Whether what is known of the sender's address speaks against it: then it
// earns nothing from the good name of whose it claims to be.
[[nodiscard]] bool senderIsDoubtful(const Findings& findings);

// Either of both.
[[nodiscard]] bool mayBeForged(const Transaction& transaction,
                               const Findings& findings);

}  // namespace mailreeve::milter
