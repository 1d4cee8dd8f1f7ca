// Refuses recipients to who has nothing left of the day's quota (FEATURES C9),
// before the message is sent in vain. milterd counts, exactly; this only looks,
// at numbers that may be a second old.
#pragma once

#include <string>

#include "core/directory/policy.h"
#include "policyd/asks.h"
#include "policyd/rule.h"

namespace mailreeve::policyd {

class QuotaUsedUp final : public Rule {
 public:
  QuotaUsedUp(directory::PolicyPtr policy, UsedToday usedToday);

  [[nodiscard]] std::string_view name() const override {
    return "quota_used_up";
  }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  directory::PolicyPtr policy_;
  UsedToday usedToday_;
  bool concernsSomebody_;  // Else nobody's settings need be looked up.
};

// Whether anybody has a daily limit.
[[nodiscard]] bool anyDailyLimit(const config::Settings& settings);

}  // namespace mailreeve::policyd
