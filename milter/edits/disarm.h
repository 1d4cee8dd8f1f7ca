// Makes active HTML ineffective and writes warnings before misleading links:
// one pass over each text, so that it is written once.
#pragma once

#include <memory>
#include <utility>

#include "milter/edit.h"
#include "milter/html_rules.h"

namespace mailreeve::milter {

class Disarm final : public Edit {
 public:
  explicit Disarm(std::shared_ptr<const HtmlRules> rules)
      : rules_(std::move(rules)) {}

  [[nodiscard]] std::string_view name() const override { return "disarm"; }

  [[nodiscard]] std::string_view servedCheck() const override {
    return "content_scan";
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

 private:
  std::shared_ptr<const HtmlRules> rules_;
};

}  // namespace mailreeve::milter
