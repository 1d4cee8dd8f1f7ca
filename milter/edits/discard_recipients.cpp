#include "milter/edits/discard_recipients.h"

#include <string>

namespace mailreeve::milter {

Result<Verdict> DiscardRecipients::propose(const Transaction& transaction,
                                           const Findings&,
                                           Draft& draft) const {
  std::string saw;
  for (const auto& recipient : transaction.recipients) {
    const auto decision = lists_->decide(transaction.envelope.clientAddress,
                                         transaction.envelope.mailFrom,
                                         recipient.address,
                                         transaction.outbound,
                                         transaction.at);
    if (decision.verdict != directory::ListVerdict::Discard) continue;
    draft.removeRecipient(recipient.address);
    saw += saw.empty() ? "took off " : ", ";
    saw += recipient.address;
  }
  return Verdict::pass(std::move(saw));
}

}  // namespace mailreeve::milter
