// ARC: what did the servers before us find, and have they been left in peace?
// (RFC 8617 section 5.2.)
//
// A chain that passes proves who handled the message, not that they can be
// believed: anybody can seal. Look at the sealers' domains before the results.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/auth/dkim/outcome.h"
#include "core/auth/dkim/verification.h"
#include "core/auth/message_view.h"
#include "core/base/clock.h"
#include "core/dns/resolver.h"

namespace mailreeve::arc {

struct Hop {
  std::string sealer;   // d= of the ARC-Seal.
  std::string results;  // What it says it found: an Authentication-Results
                        // value behind "i=N;", unfolded.
};

struct Finding {
  // None, Pass, Fail; or TempError when a key could not be fetched, which no
  // seal may put on record.
  dkim::Outcome outcome = dkim::Outcome::None;
  std::string problem;    // Why it is no Pass, for the log.
  std::vector<Hop> hops;  // From the first to the last; only of a Pass.
  // Whether the last of them has signed From. What it found holds for no other
  // one.
  bool authorSigned = false;
};

// Holds nothing of a message: one for all threads.
class Verifier {
 public:
  Verifier(dns::Resolver& resolver,
           const Clock& clock,
           dkim::Settings settings = {});

  // All DNS questions share the deadline.
  [[nodiscard]] Finding verify(const auth::MessageView& message,
                               dns::Deadline deadline) const;

 private:
  const Clock* clock_;
  dkim::Settings settings_;
  std::unique_ptr<dkim::Keys> keys_;
};

}  // namespace mailreeve::arc
