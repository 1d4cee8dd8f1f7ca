#include "policyd/rules/allow_list.h"

#include <utility>

#include "core/config/settings.h"

namespace mailreeve::policyd {

namespace {

std::string nameOf(const config::ListEntry& entry) {
  return "entry \"" + entry.name + "\"";
}

}  // namespace

Opinion AllowList::prove(const Question& question,
                         const config::ListEntry& entry) const {
  if (entry.proof != config::ListProof::Spf)
    return {std::nullopt,
            nameOf(entry) + " waits for its proof by " +
                (entry.proof == config::ListProof::Dkim ? "DKIM" : "DMARC")};
  if (!facts_ || !question.subject.client)
    return {std::nullopt, nameOf(entry) + " passed over: no SPF"};
  const auto fact = facts_->spf(*question.subject.client,
                                question.request.heloName,
                                question.request.sender,
                                question.subject.at);
  std::string says = "SPF says " + std::string(spf::describe(fact.outcome));
  // Nobody whom we trust is refused for good because the DNS is silent.
  if (fact.outcome == spf::Outcome::TempError &&
      lists_->blocks(question.subject).verdict != directory::ListVerdict::None)
    return {Answer::defer(),
            nameOf(entry) +
                " cannot be proven now, and a block entry fits: " + says};
  if (fact.outcome != spf::Outcome::Pass || fact.heloJudged)
    return {std::nullopt, nameOf(entry) + " passed over: " + says};
  return {Answer::allow(), nameOf(entry) + ", " + says, &entry};
}

Result<Opinion> AllowList::decide(const Question& question) const {
  const auto decision = lists_->allows(question.subject);
  if (decision.verdict == directory::ListVerdict::Allow)
    return Opinion{Answer::allow(), describe(decision), decision.entry};
  if (decision.unproven != nullptr) return prove(question, *decision.unproven);
  if (decision.ignored != nullptr)
    return Opinion{std::nullopt,
                   nameOf(*decision.ignored) +
                       " passed over: a sender of ours from outside"};
  return Opinion{std::nullopt, "no entry"};
}

}  // namespace mailreeve::policyd
