// What SPF, DKIM, ARC and DMARC have found about one message: left by the
// checks of these names for each other, for the edits that write it down or
// seal it, and for the reports to the domains it claims to be from.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/auth/arc/verify.h"
#include "core/auth/dkim/verify.h"
#include "core/auth/dmarc/verify.h"
#include "core/auth/results/write.h"
#include "core/auth/spf/verify.h"
#include "core/config/settings.h"
#include "core/dns/resolver.h"
#include "milter/dmarc_evaluation.h"

namespace mailreeve::milter {

// How long a message has waited for the DNS, all its questions together. The
// time in which its client sends it does not count.
class DnsTime {
 public:
  // Runs `ask` with a deadline at which `limit` is used up.
  template <class Ask>
  auto spend(std::chrono::milliseconds limit, const Ask& ask) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    auto answer = ask(dns::Deadline(start + limit - spent_));
    spent_ += Clock::now() - start;
    return answer;
  }

 private:
  std::chrono::steady_clock::duration spent_{0};
};

// How long all but DMARC may ask. Senders choose whose name servers SPF, DKIM
// and ARC ask: one that dawdles must not keep us from asking the author's what
// is to be done.
[[nodiscard]] std::chrono::milliseconds dnsLimitBesideDmarc(
    const config::Settings& settings);

// Which signatures count: a message's and a seal's alike.
[[nodiscard]] dkim::Settings signatureSettings(
    const config::AuthenticationChecks& checks);

// A part that is not there was not asked for: switched off, spared by an allow
// rule, or the message is not from outside or from a signing network.
struct Authentication {
  std::optional<spf::Finding> spf;
  std::optional<spf::Finding> helo;  // Beside a MAIL FROM.
  std::optional<std::vector<dkim::Finding>> dkim;
  std::optional<arc::Finding> arc;
  std::optional<dmarc::Finding> dmarc;

  // A forwarder whom the settings trust found that DMARC passed.
  bool vouchedFor = false;
  std::string override;  // Why DMARC's policy was not applied; empty: it was.

  std::optional<DmarcEvaluation> evaluation;  // For the aggregate report.
  DnsTime dns;
};

// What a check says that was not asked (Transaction::fromSigningNetwork).
inline constexpr const char* kFromSigningNetwork = "from a signing network";

// Under which name results are written.
[[nodiscard]] const std::string& authservId(const config::Settings& settings);

// Everything that was found, in the order in which it is written down.
[[nodiscard]] std::vector<results::MethodResult> methodResults(
    const Authentication& found);

}  // namespace mailreeve::milter
