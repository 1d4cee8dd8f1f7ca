#include "milter/checks/recipient_count.h"

#include <string>

namespace mailreeve::milter {

Result<Verdict> RecipientCount::onEnvelope(const Transaction& transaction,
                                           Findings&) const {
  const auto count = static_cast<std::int64_t>(transaction.recipients.size());
  if (limit_ == 0 || count <= limit_) return Verdict::pass();

  // RFC 3463 section 3.6: X.5.3 is "too many recipients".
  return Verdict::reject({550, "5.5.3", "Too many recipients"},
                         std::to_string(count) + " recipients, most are " +
                             std::to_string(limit_));
}

}  // namespace mailreeve::milter
