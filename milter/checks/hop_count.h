// Refuses mail that has been handed on more often than any honest route needs:
// it is going round in a circle (RFC 5321 section 6.3).
#pragma once

#include <cstdint>

#include "milter/check.h"

namespace mailreeve::milter {

class HopCount final : public Check {
 public:
  // 0: no limit.
  explicit HopCount(std::int64_t limit) : limit_(limit) {}

  [[nodiscard]] std::string_view name() const override { return "hop_count"; }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings&) const override;

 private:
  std::int64_t limit_;
};

}  // namespace mailreeve::milter
