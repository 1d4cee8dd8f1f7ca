// Takes those recipients off a message that the block list discards, and
// leaves the others alone. That all are to be discarded is the check
// `access_list`'s business.
#pragma once

#include <memory>

#include "core/directory/access_lists.h"
#include "milter/edit.h"

namespace mailreeve::milter {

class DiscardRecipients final : public Edit {
 public:
  explicit DiscardRecipients(
      std::shared_ptr<const directory::AccessLists> lists)
      : lists_(std::move(lists)) {}

  [[nodiscard]] std::string_view name() const override {
    return "discard_recipients";
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings&,
                                        Draft& draft) const override;

 private:
  std::shared_ptr<const directory::AccessLists> lists_;
};

}  // namespace mailreeve::milter
