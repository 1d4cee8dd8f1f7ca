// DMARC: is the message really from the domain its From field shows, and if
// not, what does that domain want done? (RFC 7489, RFC 9989.)
//
// This gives an answer, never a verdict: what a receiver does about a policy is
// the receiver's setting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/auth/dkim/verify.h"
#include "core/auth/dmarc/discovery.h"
#include "core/auth/dmarc/public_suffix_list.h"
#include "core/auth/dmarc/record.h"
#include "core/auth/message_view.h"
#include "core/auth/spf/verify.h"
#include "core/dns/resolver.h"

namespace mailreeve::dmarc {

enum class Outcome {
  None,       // The domain has no DMARC.
  Pass,       // SPF or DKIM prove the From domain, or one of its organisation.
  Fail,       // Nothing does.
  TempError,  // The DNS did not answer, and the answer could have mattered.
  PermError,  // The message shows no single From domain.
};

[[nodiscard]] std::string_view describe(Outcome outcome);

struct Finding {
  Outcome outcome = Outcome::None;
  std::string problem;       // Of TempError and PermError, for the log.
  std::string authorDomain;  // Of From; A-labels, lower case.
  std::string policyDomain;  // Where the record was found; empty without one.
  std::string organisation;  // Of authorDomain; empty when nobody knows.
  std::string alignedBy;     // Of Pass: "spf=DOMAIN" or "dkim=DOMAIN".
  bool spfAligned = false;   // What proved it: at least one of them
  bool dkimAligned = false;  // of a Pass.
  Policy published = Policy::None;  // Of p=, sp= or np=, whichever applies.
  Policy applied = Policy::None;    // Of Fail: after pct= or t=.
  bool softened = false;            // `applied` is milder than `published`.
  std::optional<Record> record;
};

// Holds nothing of a message: one for all threads.
class Verifier {
 public:
  Verifier(dns::Resolver& resolver, PublicSuffixList suffixes, Mode mode);

  // `sample`, 0 to 99, decides whether the message is among the pct= that the
  // policy applies to; the same message should always get the same. All DNS
  // questions share the deadline.
  [[nodiscard]] Finding verify(const auth::MessageView& message,
                               const spf::Finding& spf,
                               const std::vector<dkim::Finding>& dkim,
                               unsigned sample,
                               dns::Deadline deadline) const;

 private:
  dns::Resolver* resolver_;
  PublicSuffixList suffixes_;
  Mode mode_;
};

}  // namespace mailreeve::dmarc
