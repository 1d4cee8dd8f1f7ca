// The rules in force, in their order: policyd's table of contents.
#pragma once

#include "core/directory/policy.h"
#include "policyd/asks.h"
#include "policyd/rule_list.h"

namespace mailreeve::policyd {

[[nodiscard]] RuleList makeRules(const directory::PolicyPtr& policy, Asks asks);

}  // namespace mailreeve::policyd
