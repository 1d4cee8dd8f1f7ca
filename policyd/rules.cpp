#include "policyd/rules.h"

#include <memory>
#include <utility>
#include <vector>

#include "policyd/rules/allow_list.h"
#include "policyd/rules/block_list.h"
#include "policyd/rules/internal_only.h"

namespace mailreeve::policyd {

RuleList makeRules(const directory::PolicyPtr& policy, UsedToday usedToday) {
  auto lists = std::make_shared<const directory::AccessLists>(policy);

  std::vector<std::unique_ptr<const Rule>> rules;
  rules.push_back(std::make_unique<AllowList>(lists));
  rules.push_back(std::make_unique<BlockList>(lists));
  rules.push_back(std::make_unique<InternalOnly>(policy));
  rules.push_back(std::make_unique<QuotaUsedUp>(policy, std::move(usedToday)));
  return {policy, std::move(lists), std::move(rules)};
}

}  // namespace mailreeve::policyd
