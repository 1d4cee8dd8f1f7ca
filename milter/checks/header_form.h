// Refuses a header in which a line ends for some programs and not for others: a
// CR without LF. What stands behind it would be a field of its own to them,
// unseen by every check of ours: another From, another Content-Type, results of
// ours. No standard allows it (RFC 5322 section 2.3).
#pragma once

#include "milter/check.h"

namespace mailreeve::milter {

class HeaderForm final : public Check {
 public:
  [[nodiscard]] std::string_view name() const override { return "header_form"; }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;
};

}  // namespace mailreeve::milter
