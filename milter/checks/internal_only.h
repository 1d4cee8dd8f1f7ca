// Keeps senders who may write to colleagues only from writing to anybody else.
// policyd refuses such recipients one by one; here all of them are seen again,
// however they came in.
#pragma once

#include "milter/check.h"

namespace mailreeve::milter {

class InternalOnly final : public Check {
 public:
  [[nodiscard]] std::string_view name() const override {
    return "internal_only";
  }

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction& transaction,
                                           Findings&) const override;
};

}  // namespace mailreeve::milter
