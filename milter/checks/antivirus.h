// Asks the antivirus engine about a message, while it still comes in, and says
// what becomes of it. A virus for one recipient is a virus for all of them: an
// allow rule spares a message the scan only when it holds for every recipient.
//
// Without an answer nobody calls a message clean: the setting on_failure
// decides.
#pragma once

#include <memory>
#include <string>

#include "core/config/antivirus.h"
#include "core/scan/scanner.h"
#include "milter/check.h"

namespace mailreeve::milter {

class Antivirus final : public Check {
 public:
  // Without a scanner it has no opinion.
  Antivirus(config::Antivirus settings, std::shared_ptr<scan::Scanner> scanner);

  [[nodiscard]] std::string_view name() const override { return "antivirus"; }

  [[nodiscard]] bool judgesContent() const override { return true; }

  [[nodiscard]] std::unique_ptr<Inquiry> inquire(
      const Transaction& transaction, const Findings& findings) const override;

  // Says why nobody was asked.
  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override { return scanner_ != nullptr; }

 private:
  config::Antivirus settings_;
  std::shared_ptr<scan::Scanner> scanner_;
};

}  // namespace mailreeve::milter
