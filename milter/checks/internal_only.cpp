#include "milter/checks/internal_only.h"

#include <string>

namespace mailreeve::milter {

Result<Verdict> InternalOnly::onEnvelope(const Transaction& transaction,
                                         Findings&) const {
  if (!transaction.user || !transaction.user->internalOnly.value)
    return Verdict::pass();
  for (const auto& recipient : transaction.recipients)
    if (recipient.domain == nullptr)
      return Verdict::reject(
          {550, "5.7.1", "You may send to internal recipients only"},
          transaction.user->user + " is internal only (" +
              transaction.user->internalOnly.from + "), " + recipient.address +
              " is external");
  return Verdict::pass("all recipients are internal");
}

}  // namespace mailreeve::milter
