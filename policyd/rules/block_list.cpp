#include "policyd/rules/block_list.h"

#include "core/config/settings.h"

namespace mailreeve::policyd {

Result<Opinion> BlockList::decide(const Question& question) const {
  const auto decision = lists_->blocks(question.subject);
  switch (decision.verdict) {
    case directory::ListVerdict::Reject:
      return Opinion{Answer::reject("Refused by this server's rules"),
                     describe(decision),
                     decision.entry};
    case directory::ListVerdict::Discard:
      return Opinion{Answer::discard(), describe(decision), decision.entry};
    case directory::ListVerdict::Allow:
    case directory::ListVerdict::None:
      break;
  }
  return Opinion{std::nullopt, "no entry"};
}

}  // namespace mailreeve::policyd
