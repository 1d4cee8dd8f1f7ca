// Refuses what an entry of the block list names (FEATURES B14), or lets it
// through for milterd to discard.
#pragma once

#include <memory>

#include "policyd/rule.h"

namespace mailreeve::policyd {

class BlockList final : public Rule {
 public:
  explicit BlockList(std::shared_ptr<const directory::AccessLists> lists)
      : lists_(std::move(lists)) {}

  [[nodiscard]] std::string_view name() const override { return "block_list"; }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  std::shared_ptr<const directory::AccessLists> lists_;
};

}  // namespace mailreeve::policyd
