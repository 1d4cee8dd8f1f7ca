// DKIM: which domains answer for this message? Each signature is judged by
// itself, and one that fails says nothing about another, nor about the sender.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/auth/dkim/outcome.h"
#include "core/auth/dkim/verification.h"
#include "core/auth/message_view.h"
#include "core/base/clock.h"
#include "core/dns/resolver.h"

namespace mailreeve::dkim {

struct Finding {
  Outcome outcome = Outcome::PermError;
  std::string problem;         // Why it is no Pass, for the log.
  std::string domain;          // d=, lower case; empty when it cannot be read.
  std::string selector;        // s=
  std::string identityDomain;  // The domain of i=.
  std::string algorithm;       // a= as we name it; empty as above.
  std::string signatureHead;   // The first 8 characters of b=.
  unsigned keyBits = 0;
  bool testing = false;
};

// Holds nothing of a message: one for all threads.
class Verifier {
 public:
  Verifier(dns::Resolver& resolver, const Clock& clock, Settings settings = {});

  // One finding for each DKIM-Signature, from top to bottom, up to
  // maxSignatures; none for a message without signature. All DNS questions
  // share the deadline; when it passes, TempError.
  [[nodiscard]] std::vector<Finding> verify(const auth::MessageView& message,
                                            dns::Deadline deadline) const;

 private:
  const Clock* clock_;
  Settings settings_;
  std::unique_ptr<Keys> keys_;
};

}  // namespace mailreeve::dkim
