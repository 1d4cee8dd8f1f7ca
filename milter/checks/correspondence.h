// Notices whom our users write to (FEATURES D5). Lets everything pass; what it
// finds is remembered when the message has been accepted.
#pragma once

#include "milter/check.h"

namespace mailreeve::milter {

class Correspondence final : public Check {
 public:
  [[nodiscard]] std::string_view name() const override {
    return "correspondence";
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;
};

}  // namespace mailreeve::milter
