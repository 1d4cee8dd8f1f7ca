// One message as a DMARC aggregate report counts it: what whoever writes the
// reports needs of it, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "core/auth/dmarc/discovery.h"
#include "core/auth/dmarc/record.h"
#include "milter/transaction.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

struct Authentication;

// One message as a DMARC aggregate report counts it (RFC 7489 section 7.2,
// appendix C). Only for domains that publish a record. Words as the reports
// spell them.
struct DmarcEvaluation {
  struct Signature {
    std::string domain;
    std::string selector;
    std::string result;  // "pass", "permerror"
    std::string problem;
  };

  // policy_published
  std::string policyDomain;  // Where the record is.
  std::string organisation;  // Of headerFrom; empty when nobody knows.
  dmarc::Record record;      // As published; `aggregate` wants the report.
  dmarc::Mode mode = dmarc::Mode::PublicSuffixList;

  // identifiers and source
  std::string sourceIp;
  std::string helo;
  std::string headerFrom;    // Domain of From.
  std::string envelopeFrom;  // Domain of MAIL FROM; empty: the null sender.
  std::vector<std::string> envelopeTo;  // Domains, each once.

  // policy_evaluated
  bool dkimAligned = false;
  bool spfAligned = false;
  std::string disposition;   // "none", "quarantine", "reject"
  std::string overrideType;  // Why it is not the published one: "sampled_out",
                             // "local_policy"; empty: it is.
  std::string overrideComment;

  // auth_results
  std::vector<Signature> signatures;
  std::string spfDomain;
  std::string spfScope;  // "mfrom", "helo"
  std::string spfResult;
};

// `found.dmarc` has a record. Disposition and override are left open.
[[nodiscard]] DmarcEvaluation evaluationOf(const Transaction& transaction,
                                           const Authentication& found,
                                           dmarc::Mode mode);

// Fills in what was done, where `asked` is what the policy came to.
void noteDisposition(Verdict::Kind done,
                     dmarc::Policy asked,
                     DmarcEvaluation& evaluation);

}  // namespace mailreeve::milter
