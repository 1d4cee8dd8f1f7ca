#include "milter/checks/correspondence.h"

#include "core/base/text.h"
#include "core/config/settings.h"

namespace mailreeve::milter {

namespace {

// RFC 3834 section 5: what a program answers is nobody's wish to hear from
// somebody.
bool isGenerated(const mail::Message& message) {
  const auto* submitted = message.header("Auto-Submitted");
  if (submitted != nullptr && !equalsIgnoringCase(submitted->text(), "no"))
    return true;
  const auto* precedence = message.header("Precedence");
  return precedence != nullptr &&
         !equalsIgnoringCase(precedence->text(), "normal");
}

}  // namespace

Result<Verdict> Correspondence::onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const {
  // Whoever writes to a crowd knows few of them.
  constexpr std::size_t kMost = 50;
  const auto& settings = transaction.policy.settings();
  const bool matters = settings.spam.enabled || settings.greylisting.enabled;
  if (!matters || !settings.spam.correspondents.enabled ||
      !transaction.outbound || !transaction.user ||
      transaction.envelope.nullSender() ||
      transaction.recipients.size() > kMost || isGenerated(message))
    return Verdict::pass();
  for (const auto& recipient : transaction.recipients)
    if (recipient.domain == nullptr && !recipient.keys.null())
      findings.writesTo.push_back(recipient.keys.mailbox);
  return Verdict::pass();
}

}  // namespace mailreeve::milter
