// Refuses a message for more recipients than the server takes at once.
#pragma once

#include <cstdint>

#include "milter/check.h"

namespace mailreeve::milter {

class RecipientCount final : public Check {
 public:
  // 0: no limit.
  explicit RecipientCount(std::int64_t limit) : limit_(limit) {}

  [[nodiscard]] std::string_view name() const override {
    return "recipient_count";
  }

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction& transaction,
                                           Findings&) const override;

 private:
  std::int64_t limit_;
};

}  // namespace mailreeve::milter
