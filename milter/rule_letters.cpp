#include "milter/rule_letters.h"

#include <string>

#include "core/config/settings.h"
#include "core/store/rule_notices.h"

namespace mailreeve::milter {

namespace {

// What became of it, in a reader's words; empty: nothing to tell yet.
std::string wordFor(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::Pass:
    case Verdict::Kind::Mark:
      return "delivered";
    case Verdict::Kind::Quarantine:
      return "held";
    case Verdict::Kind::Reject:
      return "refused";
    case Verdict::Kind::Discard:
      return "deleted";
    case Verdict::Kind::Defer:
      return {};
  }
  return {};
}

// The chain ends at the step whose verdict is final.
bool theRulesDecided(const Inspection& inspection, const Verdict& verdict) {
  if (!inspection.findings.contentRules.acted) return false;
  return !verdict.final() || (!inspection.trace.empty() &&
                              inspection.trace.back().step == "content_rules");
}

}  // namespace

Result<Done> putRuleLetters(store::Outbox& outbox,
                            const Transaction& transaction,
                            const mail::Message& message,
                            const Inspection& inspection,
                            const Verdict& verdict,
                            TimePoint at) {
  const auto& wanted = inspection.findings.contentRules;
  const std::string became = wordFor(verdict.kind);
  // What is released was told of when it was held.
  if (became.empty() || transaction.released ||
      !theRulesDecided(inspection, verdict))
    return Done{};
  const auto& host = transaction.policy.settings().server.hostname;
  const store::RuleCase what{wanted.rules, became, host, at};
  for (const auto& reviewer : wanted.forwardTo)
    if (auto put =
            outbox.add(store::originalToReviewer(message, what, reviewer));
        !put)
      return std::move(put).error();
  if (!wanted.notifySender || !verdict.final()) return Done{};
  const auto notice =
      store::noticeToSender(message, what, transaction.user.has_value());
  if (notice.recipients.empty()) return Done{};
  if (auto put = outbox.add(notice); !put) return std::move(put).error();
  return Done{};
}

}  // namespace mailreeve::milter
