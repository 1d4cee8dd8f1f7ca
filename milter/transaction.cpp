#include "milter/transaction.h"

#include <algorithm>

#include "core/config/settings.h"
#include "core/mail/address.h"

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

bool leaves(const directory::Policy& policy,
            const mail::Envelope& envelope,
            Handling handling) {
  if (handling == Handling::Sealed) return false;
  return envelope.origin != mail::Origin::Network ||
         policy.isOutbound(envelope.login, envelope.clientAddress);
}

bool isReport(const directory::Policy& policy, const mail::Envelope& envelope) {
  const auto& spam = policy.settings().spam;
  const auto takesReports = [&spam](const std::string& address) {
    const auto is = [key = mail::addressKey(address, "")](const auto& one) {
      return !one.empty() && mail::addressKey(one, "") == key;
    };
    return is(spam.reporting.spamAddress) || is(spam.reporting.hamAddress);
  };
  const auto& to = envelope.recipients;
  return spam.enabled && !envelope.login.empty() && !to.empty() &&
         std::all_of(to.begin(), to.end(), takesReports);
}

}  // namespace

Handling handlingOf(const mail::Envelope& envelope,
                    const mail::Message& message) {
  switch (envelope.origin) {
    case mail::Origin::Network:
      return Handling::Judged;
    case mail::Origin::Own:
      return Handling::Signed;
    case mail::Origin::Submitted:
      break;
  }
  if (message.header("Received") != nullptr) return Handling::Sealed;
  return envelope.nullSender() ? Handling::Signed : Handling::Judged;
}

Transaction::Transaction(const directory::Policy& by,
                         const mail::Envelope& from,
                         TimePoint when,
                         std::size_t declared,
                         Handling how)
    : policy(by),
      envelope(from),
      at(when),
      declaredSize(declared),
      handling(how),
      outbound(leaves(policy, envelope, handling)),
      fromSigningNetwork(handling == Handling::Judged &&
                         policy.isSigningNetwork(envelope.clientAddress)),
      report(isReport(policy, envelope)),
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
