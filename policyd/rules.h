// The rules in force, in their order: policyd's table of contents.
#pragma once

#include "core/directory/policy.h"
#include "policyd/rule_list.h"
#include "policyd/rules/quota_used_up.h"

namespace mailreeve::policyd {

[[nodiscard]] RuleList makeRules(const directory::PolicyPtr& policy,
                                 UsedToday usedToday);

}  // namespace mailreeve::policyd
