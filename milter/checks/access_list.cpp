#include "milter/checks/access_list.h"

#include <string>
#include <utility>

namespace mailreeve::milter {

namespace {

using directory::ListVerdict;
using directory::SkipSet;

// How the lists answer for the recipients of one message.
struct Answers {
  std::size_t rejected = 0;
  std::size_t discarded = 0;
  std::string blockedBy;  // The first entry that did.

  bool allowed = false;  // Any of them.
  std::string allowedBy;
  SkipSet spared = SkipSet::all();  // For all that are not discarded.
  const config::ListEntry* unproven = nullptr;
  SkipSet promised = SkipSet::all();  // Once that is proven.
};

// policyd has refused what is to be rejected, or seen the proof by SPF that
// lifts it; DKIM and DMARC lift nothing.
bool isRefused(const directory::ListDecision& decision) {
  return decision.verdict == ListVerdict::Reject &&
         (decision.unproven == nullptr ||
          decision.unproven->proof != config::ListProof::Spf);
}

void take(const directory::AccessLists& lists,
          const directory::ListDecision& decision,
          Answers& answers) {
  const bool discarded = decision.verdict == ListVerdict::Discard;
  if (isRefused(decision)) ++answers.rejected;
  if (discarded) ++answers.discarded;
  if ((discarded || isRefused(decision)) && answers.blockedBy.empty())
    answers.blockedBy = decision.entry->name;
  if (discarded) return;  // Who gets nothing is endangered by nothing.
  SkipSet spared;
  if (decision.verdict == ListVerdict::Allow) {
    spared = decision.skips;
    if (!answers.allowed) answers.allowedBy = describe(decision);
    answers.allowed = true;
  }
  answers.spared = answers.spared & spared;
  if (decision.unproven != nullptr) {
    answers.unproven = decision.unproven;
    spared = spared | lists.skipsOf(*decision.unproven);
  }
  answers.promised = answers.promised & spared;
}

// What the trace says of allow entries; empty: there are none.
std::string sparedText(const Answers& answers) {
  std::string saw;
  if (answers.allowed)
    saw = answers.allowedBy +
          (answers.spared.empty()
               ? " is not for all recipients: nothing is spared"
               : " spares " + text(answers.spared));
  if (answers.unproven == nullptr) return saw;
  if (!saw.empty()) saw += "; ";
  return saw + "entry \"" + answers.unproven->name + "\" waits for its proof";
}

}  // namespace

Result<Verdict> AccessList::onEnvelope(const Transaction& transaction,
                                       Findings& findings) const {
  const auto& envelope = transaction.envelope;
  Answers answers;
  for (const auto& recipient : transaction.recipients)
    take(*lists_,
         lists_->decide(envelope.clientAddress,
                        envelope.mailFrom,
                        recipient.address,
                        transaction.outbound,
                        transaction.at),
         answers);
  const std::size_t all = transaction.recipients.size();
  const std::size_t blocked = answers.rejected + answers.discarded;
  std::string saw;
  if (blocked != 0)
    saw = "entry " + answers.blockedBy + ": " +
          std::to_string(answers.rejected) + " rejected, " +
          std::to_string(answers.discarded) + " discarded of " +
          std::to_string(all) + " recipients";
  // One answer for all of them: a rejection the sender reads beats a silent
  // discard, and neither may touch a recipient that is not listed.
  if (blocked == all && answers.rejected != 0)
    return Verdict::reject({554, "5.7.1", "Message refused by local policy"},
                           std::move(saw));
  if (blocked == all && blocked != 0) return Verdict::discard(std::move(saw));

  findings.exempt.add(answers.allowed ? answers.spared : SkipSet{});
  if (answers.unproven != nullptr)
    findings.promise = {answers.unproven, answers.promised};
  if (const auto spared = sparedText(answers); !spared.empty())
    saw += (saw.empty() ? "" : "; ") + spared;
  return Verdict::pass(std::move(saw));
}

}  // namespace mailreeve::milter
