#include "milter/forged_sender.h"

namespace mailreeve::milter {

bool claimsToBeOurs(const Transaction& transaction, const Findings& findings) {
  if (transaction.outbound || transaction.fromSigningNetwork ||
      transaction.sender.domain == nullptr)
    return false;
  const auto& spf = findings.authentication.spf;
  return !spf || spf->outcome != spf::Outcome::Pass || spf->heloJudged;
}

// What a sender is spared goes by MAIL FROM, so DMARC speaks for it only where
// both are of one domain.
bool senderIsDoubtful(const Findings& findings) {
  const auto& found = findings.authentication;
  if (found.vouchedFor) return false;
  if (found.dmarc && found.dmarc->outcome == dmarc::Outcome::Fail) return true;
  if (found.helo && found.helo->outcome == spf::Outcome::Fail) return true;
  if (!found.spf) return false;
  const bool proven = found.dmarc &&
                      found.dmarc->outcome == dmarc::Outcome::Pass &&
                      found.dmarc->authorDomain == found.spf->domain;
  return !proven && (found.spf->outcome == spf::Outcome::Fail ||
                     found.spf->outcome == spf::Outcome::SoftFail);
}

bool mayBeForged(const Transaction& transaction, const Findings& findings) {
  return claimsToBeOurs(transaction, findings) ||
         (!transaction.outbound && senderIsDoubtful(findings));
}

}  // namespace mailreeve::milter
