// One SMTP transaction as the checks and edits see it: the policy it is judged
// by, the envelope, and what follows from the two. Made once, when the
// recipients are known; nothing in it comes from the header of a message from
// the network.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/directory/address_patterns.h"
#include "core/directory/policy.h"
#include "core/mail/envelope.h"
#include "core/mail/message.h"
#include "milter/released.h"

namespace mailreeve::milter {

// What is done about a message, by the way it came in.
enum class Handling {
  Judged,  // All checks, all edits.
  Signed,  // A report or notice of this host's own: nothing but a signature.
  Sealed,  // Passed on by a user's Sieve script, and judged when it came in:
           // looked at once more, for the seal it gets.
};

// A message that is not from the network tells by its header whether it has
// been on its way before. Sieve cannot take a Received field off.
[[nodiscard]] Handling handlingOf(const mail::Envelope& envelope,
                                  const mail::Message& message);

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
              std::size_t declared = 0,
              Handling how = Handling::Judged);

  const directory::Policy& policy;
  const mail::Envelope& envelope;
  TimePoint at;
  std::size_t declaredSize;  // MAIL FROM's SIZE=; 0: there was none.

  Handling handling;

  // Set when mgmtd releases it; the envelope is then the one it came with.
  std::optional<Released> released = std::nullopt;

  // Policy::isOutbound(), or of this host's own. What is passed on is from
  // outside, as far as anybody can tell.
  bool outbound;

  // It came from a network whose hosts pass authentication, whoever it claims
  // to be from (Policy::isSigningNetwork).
  bool fromSigningNetwork;

  // What a user of ours who is logged in sends to the addresses that take
  // reports of spam, and to nobody else: nobody reads it but who learns from
  // it, and the worse it is the more he learns.
  bool report;
  Party sender;  // The login, where that sends with the null sender.
  std::vector<Party> recipients;

  // The id under which the original of a message will be kept that something
  // is taken out of by `step`, for `found`. Null: a new one.
  using KeepAs =
      std::function<std::string(std::string step, std::string found)>;
  KeepAs keepAs = nullptr;

  // Whose limits hold: the login, else the sender in a domain of ours that a
  // trusted network vouches for. Nothing for mail from outside.
  std::optional<directory::EffectiveUser> user;
};

}  // namespace mailreeve::milter
