// DKIM: which domains have signed this message, and is it still as they signed
// it? (RFC 6376, FEATURES E6.)
//
// A broken signature alone says little: mailing lists break them every day. So
// by default it costs nothing here, and DMARC draws the conclusions. Where it
// costs something, a key that cannot be fetched is no failure: the sender comes
// again, or is let in, by setting.
//
// Mail of our own users, trusted and signing networks is not asked about.
#pragma once

#include "core/auth/dkim/verify.h"
#include "milter/check.h"

namespace mailreeve::milter {

class Dkim final : public Check {
 public:
  // All three outlive it.
  Dkim(const config::Settings& settings,
       dns::Resolver& resolver,
       const Clock& clock);

  [[nodiscard]] std::string_view name() const override { return "dkim"; }

  // What is passed on is looked at for its seal.
  [[nodiscard]] bool concerns(Handling handling) const override {
    return handling != Handling::Signed;
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override;

 private:
  [[nodiscard]] Verdict judge(std::string saw, Findings& findings) const;

  const config::AuthenticationChecks& settings_;
  bool proves_;  // Allow entries may wait for what is signed.
  std::chrono::milliseconds dnsLimit_;
  dkim::Verifier verifier_;
};

}  // namespace mailreeve::milter
