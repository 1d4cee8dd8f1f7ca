#include "milter/checks/arc.h"

#include <utility>

#include "core/auth/message_view.h"
#include "core/auth/results/read.h"
#include "core/base/text.h"
#include "core/mail/address.h"

namespace mailreeve::milter {

namespace {

std::vector<std::string> keysOf(const std::vector<std::string>& domains) {
  std::vector<std::string> keys;
  for (const auto& domain : domains) {
    auto key = mail::domainKey(domain);
    keys.push_back(key ? *std::move(key) : lower(domain));
  }
  return keys;
}

// "pass: sealed by a.example, then b.example"
std::string sawOf(const arc::Finding& finding) {
  std::string saw(describe(finding.outcome));
  if (!finding.problem.empty()) saw += ": " + finding.problem;
  for (std::size_t i = 0; i < finding.hops.size(); ++i)
    saw += (i == 0 ? ": sealed by " : ", then ") + finding.hops[i].sealer;
  return printable(saw);
}

}  // namespace

Arc::Arc(const config::Settings& settings,
         dns::Resolver& resolver,
         const Clock& clock)
    : settings_(settings.authenticationChecks),
      trusted_(keysOf(settings_.arc.trustedSealers)),
      dnsLimit_(dnsLimitBesideDmarc(settings)),
      verifier_(resolver, clock, signatureSettings(settings_)) {}

bool Arc::needsBody() const {
  return settings_.arc.enabled;
}

Result<Verdict> Arc::onMessage(const Transaction& transaction,
                               const mail::Message& message,
                               Findings& findings) const {
  if (transaction.outbound || !settings_.arc.enabled) return Verdict::pass();
  if (transaction.fromSigningNetwork) return Verdict::pass(kFromSigningNetwork);
  auto& found = findings.authentication;
  found.arc = found.dns.spend(dnsLimit_, [&](dns::Deadline deadline) {
    return verifier_.verify(auth::viewOf(message), deadline);
  });
  if (found.arc->outcome == dkim::Outcome::None) return Verdict::pass();
  found.vouchedFor = results::vouchesForDmarc(*found.arc, trusted_);
  return Verdict::pass(sawOf(*found.arc) +
                       (found.vouchedFor ? "; a trusted forwarder found that "
                                           "DMARC passed"
                                         : ""));
}

}  // namespace mailreeve::milter
