// Refuses a client that named too many addresses of ours that do not exist,
// until the next day (FEATURES B17): it is guessing. The address itself Postfix
// refuses, after us; here it is only counted.
#pragma once

#include <string>

#include "core/directory/policy.h"
#include "policyd/asks.h"
#include "policyd/rule.h"

namespace mailreeve::policyd {

class UnknownRecipients final : public Rule {
 public:
  UnknownRecipients(directory::PolicyPtr policy,
                    Exists exists,
                    CountUnknown count);

  [[nodiscard]] std::string_view name() const override {
    return "unknown_recipients";
  }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  directory::PolicyPtr policy_;
  Exists exists_;
  CountUnknown count_;
  std::int64_t most_;  // 0: no limit.
};

}  // namespace mailreeve::policyd
