// Refuses outbound mail with a single attachment over the sender's limit. What
// counts is the attachment as its author knows it: decoded.
#pragma once

#include "milter/check.h"

namespace mailreeve::milter {

class AttachmentSize final : public Check {
 public:
  [[nodiscard]] std::string_view name() const override {
    return "attachment_size";
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings&) const override;
};

}  // namespace mailreeve::milter
