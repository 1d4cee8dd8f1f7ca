#include "milter/checks/access_list.h"

#include <string>

#include "core/config/settings.h"

namespace mailreeve::milter {

Result<Verdict> AccessList::onEnvelope(const Transaction& transaction,
                                       Findings&) const {
  using directory::ListVerdict;
  const auto& envelope = transaction.envelope;
  std::size_t rejected = 0;
  std::size_t discarded = 0;
  std::string entry;
  for (const auto& recipient : transaction.recipients) {
    const auto decision = lists_->decide(envelope.clientAddress,
                                         envelope.mailFrom,
                                         recipient.address,
                                         transaction.outbound);
    if (decision.verdict == ListVerdict::Reject) ++rejected;
    if (decision.verdict == ListVerdict::Discard) ++discarded;
    if (entry.empty() && (rejected + discarded) != 0 &&
        decision.entry != nullptr)
      entry = decision.entry->name;
  }
  const std::size_t all = transaction.recipients.size();
  if (rejected + discarded == 0) return Verdict::pass();
  std::string saw = "entry " + entry + ": " + std::to_string(rejected) +
                    " rejected, " + std::to_string(discarded) +
                    " discarded of " + std::to_string(all) + " recipients";
  // One answer for all of them: a rejection the sender reads beats a silent
  // discard, and neither may touch a recipient that is not listed.
  if (rejected + discarded < all) return Verdict::pass(std::move(saw));
  if (rejected != 0)
    return Verdict::reject({554, "5.7.1", "Message refused by local policy"},
                           std::move(saw));
  return Verdict::discard(std::move(saw));
}

}  // namespace mailreeve::milter
