// SPF: may this client send for the domain of MAIL FROM, and call itself what
// it does? (RFC 7208, FEATURES E5.)
//
// HELO is asked about first, and costs the message only where its domain says
// no: nobody else's words about it matter (section 2.3). It gets a part of the
// time only, so that a HELO name whose DNS is dead holds nothing up.
//
// The envelope is all it needs, so it asks at DATA, and what is refused there
// is never uploaded. It waits for the end of the message only where that could
// speak for the sender: a forwarder we trust, DMARC, or the proof of an allow
// entry. There it comes behind all of them. What it finds it leaves for DMARC,
// which asks even when SPF itself is switched off or spared.
//
// Mail of our own users, trusted and signing networks is not asked about.
#pragma once

#include "core/auth/spf/verify.h"
#include "milter/check.h"

namespace mailreeve::milter {

class Spf final : public Check {
 public:
  // All three outlive it.
  Spf(const config::Settings& settings,
      dns::Resolver& resolver,
      const Clock& clock);

  [[nodiscard]] std::string_view name() const override { return "spf"; }

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction& transaction,
                                           Findings& findings) const override;

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

 private:
  [[nodiscard]] bool decides(const Findings& findings) const;
  [[nodiscard]] bool asksHelo(const Transaction& transaction,
                              const Findings& findings) const;
  [[nodiscard]] Verdict judgeSender(const Transaction& transaction,
                                    Findings& findings) const;
  [[nodiscard]] Verdict judgeHelo(const Transaction& transaction,
                                  Findings& findings) const;
  [[nodiscard]] bool isUnanswered(const spf::Finding& finding) const;
  [[nodiscard]] bool waitsForProof(const Findings& findings) const;
  [[nodiscard]] config::OnFailure actionOn(spf::Outcome outcome) const;

  const config::AuthenticationChecks& settings_;
  std::chrono::milliseconds dnsLimit_;
  spf::Verifier verifier_;
};

}  // namespace mailreeve::milter
