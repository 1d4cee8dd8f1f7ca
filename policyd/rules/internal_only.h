// Keeps senders who may write to colleagues only from writing to anybody else.
// milterd looks again, with all recipients in view.
#pragma once

#include "core/directory/policy.h"
#include "policyd/rule.h"

namespace mailreeve::policyd {

class InternalOnly final : public Rule {
 public:
  explicit InternalOnly(directory::PolicyPtr policy);

  [[nodiscard]] std::string_view name() const override {
    return "internal_only";
  }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  directory::PolicyPtr policy_;
  bool concernsSomebody_;  // Else nobody's settings need be looked up.
};

}  // namespace mailreeve::policyd
