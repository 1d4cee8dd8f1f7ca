// DMARC: is the message from the domain that its From field shows, and if not,
// what does that domain want done? (RFC 7489, RFC 9989, FEATURES E7.)
//
// Comes behind SPF's look at the envelope, DKIM and ARC, whose findings it
// weighs. A domain's policy is not applied where a trusted forwarder vouches
// for the message; that, too, is put on record for the domain's report.
//
// Mail of our own users, trusted and signing networks is not asked about.
#pragma once

#include <string>

#include "core/auth/dmarc/verify.h"
#include "milter/check.h"

namespace mailreeve::milter {

class Dmarc final : public Check {
 public:
  // Both outlive it.
  Dmarc(const config::Settings& settings, dns::Resolver& resolver);

  [[nodiscard]] std::string_view name() const override { return "dmarc"; }

  // What is passed on is looked at for its seal.
  [[nodiscard]] bool concerns(Handling handling) const override {
    return handling != Handling::Signed;
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

 private:
  // What the policy that applies to this message comes to.
  struct Disposition {
    dmarc::Policy policy = dmarc::Policy::None;
    std::string overrideType;  // As DmarcEvaluation.
    std::string overrideComment;
  };

  [[nodiscard]] dmarc::Finding look(const mail::Message& message,
                                    Authentication& found) const;
  [[nodiscard]] Disposition weigh(const Authentication& found) const;
  [[nodiscard]] Verdict judge(const Disposition& disposition,
                              Findings& findings) const;
  [[nodiscard]] bool mayBeVouchedFor(const Authentication& found) const;
  [[nodiscard]] unsigned sampleOf(const mail::Message& message) const;

  const config::AuthenticationChecks& settings_;
  dmarc::Mode mode_;
  std::chrono::milliseconds dnsLimit_;
  dmarc::Verifier verifier_;
  std::string secret_;  // So that no sender can choose his sample.
};

}  // namespace mailreeve::milter
