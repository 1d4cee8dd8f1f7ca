// The block list once more, with all recipients in view. policyd has refused
// what is to be rejected, at RCPT; what is to be discarded it lets through, so
// that the sender learns nothing, and it ends here.
//
// What allow entries spare the message goes into Findings::exempt, for all the
// checks behind: only what is spared every recipient, so that an entry for one
// weakens nobody else's protection.
//
// A message of which only some recipients are to be discarded passes: the edit
// `discard_recipients` takes those off.
#pragma once

#include <memory>

#include "core/directory/access_lists.h"
#include "milter/check.h"

namespace mailreeve::milter {

class AccessList final : public Check {
 public:
  explicit AccessList(std::shared_ptr<const directory::AccessLists> lists)
      : lists_(std::move(lists)) {}

  [[nodiscard]] std::string_view name() const override { return "access_list"; }

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction& transaction,
                                           Findings&) const override;

 private:
  std::shared_ptr<const directory::AccessLists> lists_;
};

}  // namespace mailreeve::milter
