#include "policyd/rules.h"

#include <memory>
#include <utility>
#include <vector>

#include "core/config/settings.h"
#include "policyd/rules/address_syntax.h"
#include "policyd/rules/allow_list.h"
#include "policyd/rules/block_list.h"
#include "policyd/rules/greylist.h"
#include "policyd/rules/internal_only.h"
#include "policyd/rules/quota_used_up.h"
#include "policyd/rules/unknown_recipients.h"

namespace mailreeve::policyd {

RuleList makeRules(const directory::PolicyPtr& policy, Asks asks) {
  auto lists = std::make_shared<const directory::AccessLists>(policy);
  const bool blockWins =
      policy->settings().lists.compat == config::ListCompat::Strict;

  std::vector<std::unique_ptr<const Rule>> rules;
  rules.push_back(std::make_unique<AddressSyntax>());
  if (blockWins) rules.push_back(std::make_unique<BlockList>(lists));
  rules.push_back(std::make_unique<AllowList>(lists, asks.facts));
  if (!blockWins) rules.push_back(std::make_unique<BlockList>(lists));
  rules.push_back(std::make_unique<UnknownRecipients>(
      policy, asks.exists, asks.countUnknown));
  rules.push_back(std::make_unique<InternalOnly>(policy));
  rules.push_back(std::make_unique<QuotaUsedUp>(policy, asks.usedToday));
  rules.push_back(std::make_unique<Greylist>(policy, std::move(asks)));
  return {policy, std::move(lists), std::move(rules)};
}

}  // namespace mailreeve::policyd
