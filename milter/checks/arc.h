// ARC: what did the servers find that handled this message before us? (RFC
// 8617, FEATURES H8, and E7's trusted forwarders.)
//
// Never refuses anything. It finds out whether a forwarder that the settings
// trust vouches for the message; SPF and DMARC, which come later in the list,
// ask for that before they hold against a message what a forwarder did to it.
//
// Mail of our own users, trusted and signing networks is not asked about.
#pragma once

#include <string>
#include <vector>

#include "core/auth/arc/verify.h"
#include "milter/check.h"

namespace mailreeve::milter {

class Arc final : public Check {
 public:
  // All three outlive it.
  Arc(const config::Settings& settings,
      dns::Resolver& resolver,
      const Clock& clock);

  [[nodiscard]] std::string_view name() const override { return "arc"; }

  // What is passed on is looked at for its seal.
  [[nodiscard]] bool concerns(Handling handling) const override {
    return handling != Handling::Signed;
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override;

 private:
  const config::AuthenticationChecks& settings_;
  std::vector<std::string> trusted_;  // As A-labels in lower case.
  std::chrono::milliseconds dnsLimit_;
  arc::Verifier verifier_;
};

}  // namespace mailreeve::milter
