// Lets pass what an entry of the allow list names (FEATURES B14), whatever the
// rules behind it would say.
#pragma once

#include <memory>

#include "policyd/rule.h"

namespace mailreeve::policyd {

class AllowList final : public Rule {
 public:
  explicit AllowList(std::shared_ptr<const directory::AccessLists> lists)
      : lists_(std::move(lists)) {}

  [[nodiscard]] std::string_view name() const override { return "allow_list"; }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  std::shared_ptr<const directory::AccessLists> lists_;
};

}  // namespace mailreeve::policyd
