// One SMTP transaction as the checks and edits see it: the policy it is judged
// by, the envelope, and what follows from the two. Made once, when the
// recipients are known; nothing in it comes from the message's own header.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/directory/address_patterns.h"
#include "core/directory/policy.h"
#include "core/mail/envelope.h"
#include "milter/released.h"

namespace mailreeve::milter {

struct Party {
  std::string address;  // As the client wrote it; empty: the null sender.
  directory::AddressKeys keys;
  const config::Domain* domain = nullptr;  // Null: not ours.
};

struct Transaction {
  // `by` and `from` must outlive the transaction.
  Transaction(const directory::Policy& by,
              const mail::Envelope& from,
              TimePoint when,
              std::size_t declared = 0);

  const directory::Policy& policy;
  const mail::Envelope& envelope;
  TimePoint at;
  std::size_t declaredSize;  // MAIL FROM's SIZE=; 0: there was none.

  // Set when mgmtd releases it; the envelope is then the one it came with.
  std::optional<Released> released = std::nullopt;

  bool outbound;  // Policy::isOutbound().
  Party sender;   // The login, where that sends with the null sender.
  std::vector<Party> recipients;

  // Whose limits hold: the login, else the sender in a domain of ours that a
  // trusted network vouches for. Nothing for mail from outside.
  std::optional<directory::EffectiveUser> user;
};

}  // namespace mailreeve::milter
