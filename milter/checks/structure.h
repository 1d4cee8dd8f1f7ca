// Refuses mail that is built so that nobody can judge it: split over several
// messages, with its content elsewhere, or in a way on which mail programs
// disagree.
#pragma once

#include "core/config/content.h"
#include "milter/check.h"

namespace mailreeve::milter {

class Structure final : public Check {
 public:
  // `settings` must outlive the check.
  explicit Structure(const config::Structure& settings) : settings_(settings) {}

  [[nodiscard]] std::string_view name() const override { return "structure"; }

  [[nodiscard]] bool judgesContent() const override { return true; }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override;

 private:
  [[nodiscard]] bool allowsAll() const;

  const config::Structure& settings_;
};

}  // namespace mailreeve::milter
