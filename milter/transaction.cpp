#include "milter/transaction.h"

namespace mailreeve::milter {

namespace {

Party partyOf(const directory::Policy& policy, const std::string& address) {
  if (address.empty()) return {};
  return {address,
          directory::addressKeys(policy, address),
          policy.domainOfAddress(address)};
}

// The null sender does not hide who is logged in.
const std::string& senderOf(const mail::Envelope& envelope) {
  return envelope.nullSender() ? envelope.login : envelope.mailFrom;
}

}  // namespace

Transaction::Transaction(const directory::Policy& by,
                         const mail::Envelope& from,
                         TimePoint when,
                         std::size_t declared)
    : policy(by),
      envelope(from),
      at(when),
      declaredSize(declared),
      outbound(policy.isOutbound(envelope.login, envelope.clientAddress)),
      sender(partyOf(policy, senderOf(envelope))) {
  recipients.reserve(envelope.recipients.size());
  for (const auto& address : envelope.recipients)
    recipients.push_back(partyOf(policy, address));
  if (!envelope.login.empty())
    user = policy.effective(envelope.login);
  else if (outbound && sender.domain != nullptr)
    user = policy.effective(envelope.mailFrom);
}

}  // namespace mailreeve::milter
