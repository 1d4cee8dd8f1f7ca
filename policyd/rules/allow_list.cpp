#include "policyd/rules/allow_list.h"

#include "core/config/settings.h"

namespace mailreeve::policyd {

Result<Opinion> AllowList::decide(const Question& question) const {
  const auto decision = lists_->allows(question.subject);
  if (decision.verdict == directory::ListVerdict::Allow)
    return Opinion{Answer::allow(), describe(decision)};
  if (decision.ignored != nullptr)
    return Opinion{std::nullopt,
                   "entry \"" + decision.ignored->name +
                       "\" passed over: a sender of ours from outside"};
  return Opinion{std::nullopt, "no entry"};
}

}  // namespace mailreeve::policyd
