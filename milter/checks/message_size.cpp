#include "milter/checks/message_size.h"

#include <string>

namespace mailreeve::milter {

namespace {

struct Limit {
  std::int64_t bytes = 0;
  std::string from;
};

Limit limitFor(const Transaction& transaction, std::int64_t serverLimit) {
  if (transaction.outbound && transaction.user)
    return {transaction.user->messageSize.value,
            transaction.user->messageSize.from};
  return {serverLimit, "server"};
}

Verdict tooLarge(std::size_t size, const Limit& limit) {
  // RFC 3463 section 3.4: X.3.4 is "message too big for system".
  return Verdict::reject({552, "5.3.4", "Message too large"},
                         std::to_string(size) + " bytes, most are " +
                             std::to_string(limit.bytes) + " (" + limit.from +
                             ")");
}

bool over(std::size_t size, const Limit& limit) {
  return limit.bytes > 0 && size > static_cast<std::size_t>(limit.bytes);
}

}  // namespace

Result<Verdict> MessageSize::onEnvelope(const Transaction& transaction,
                                        Findings&) const {
  if (transaction.declaredSize == 0) return Verdict::pass();
  const Limit limit = limitFor(transaction, serverLimit_);
  if (over(transaction.declaredSize, limit))
    return tooLarge(transaction.declaredSize, limit);
  return Verdict::pass();
}

Result<Verdict> MessageSize::onMessage(const Transaction& transaction,
                                       const mail::Message& message,
                                       Findings&) const {
  const std::size_t size = message.bytes().size();
  const Limit limit = limitFor(transaction, serverLimit_);
  if (over(size, limit)) return tooLarge(size, limit);
  return Verdict::pass(std::to_string(size) + " bytes");
}

}  // namespace mailreeve::milter
