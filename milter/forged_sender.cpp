#include "milter/forged_sender.h"

#include "milter/spam_fields.h"

namespace mailreeve::milter {

bool claimsToBeOurs(const Transaction& transaction, const Findings& findings) {
  if (transaction.outbound || transaction.fromSigningNetwork ||
      transaction.sender.domain == nullptr)
    return false;
  const auto& spf = findings.authentication.spf;
  return !spf || spf->outcome != spf::Outcome::Pass || spf->heloJudged;
}

bool mayBeForged(const Transaction& transaction, const Findings& findings) {
  return claimsToBeOurs(transaction, findings) ||
         (!transaction.outbound && senderIsDoubtful(findings));
}

}  // namespace mailreeve::milter
