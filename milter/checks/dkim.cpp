#include "milter/checks/dkim.h"

#include <algorithm>
#include <utility>

#include "core/auth/message_view.h"
#include "core/base/text.h"
#include "milter/authentication_verdict.h"
#include "milter/promise.h"

namespace mailreeve::milter {

namespace {

using config::ListProof;

// "example.com (s1, ed25519-sha256) pass; list.example (k, rsa-sha256) fail:
// the body was changed"
std::string sawOf(const std::vector<dkim::Finding>& findings) {
  if (findings.empty()) return "not signed";
  std::string saw;
  for (const auto& each : findings) {
    if (!saw.empty()) saw += "; ";
    saw += each.domain.empty() ? "a signature" : each.domain;
    if (!each.selector.empty())
      saw += " (" + each.selector + ", " + each.algorithm + ")";
    saw += " ";
    saw += describe(each.outcome);
    if (!each.problem.empty()) saw += ": " + each.problem;
  }
  return printable(saw);
}

bool anyIs(const std::vector<dkim::Finding>& findings, dkim::Outcome outcome) {
  return std::any_of(
      findings.begin(), findings.end(), [outcome](const dkim::Finding& each) {
        return each.outcome == outcome;
      });
}

// RFC 6376 section 6.3.
Verdict unanswered(std::string saw) {
  auto verdict = Verdict::defer(std::move(saw));
  verdict.reply = {451,
                   "4.7.5",
                   "The DKIM signature cannot be verified at the moment: its "
                   "key is not to be had"};
  verdict.found = "dkim temperror";
  return verdict;
}

}  // namespace

Dkim::Dkim(const config::Settings& settings,
           dns::Resolver& resolver,
           const Clock& clock)
    : settings_(settings.authenticationChecks),
      proves_(asksMessageForProof(settings)),
      dnsLimit_(dnsLimitBesideDmarc(settings)),
      verifier_(resolver, clock, signatureSettings(settings_)) {}

bool Dkim::needsBody() const {
  return settings_.dkim.enabled || settings_.dmarc.enabled || proves_;
}

Result<Verdict> Dkim::onMessage(const Transaction& transaction,
                                const mail::Message& message,
                                Findings& findings) const {
  const auto decides = [&] {
    return settings_.dkim.enabled && !findings.exempt.has(Skip::Dkim);
  };
  const bool forDmarc =
      settings_.dmarc.enabled && !findings.exempt.has(Skip::Dmarc);
  const bool forProof = isPromised(findings, ListProof::Dkim) ||
                        isPromised(findings, ListProof::Dmarc);
  if (transaction.outbound || (!decides() && !forDmarc && !forProof))
    return Verdict::pass();
  if (transaction.fromSigningNetwork) return Verdict::pass(kFromSigningNetwork);

  auto& found = findings.authentication;
  found.dkim = found.dns.spend(dnsLimit_, [&](dns::Deadline deadline) {
    return verifier_.verify(auth::viewOf(message), deadline);
  });
  std::string saw =
      sawOf(*found.dkim) + keepPromise(ListProof::Dkim, transaction, findings);
  return decides() ? judge(std::move(saw), findings)
                   : Verdict::pass(std::move(saw));
}

Verdict Dkim::judge(std::string saw, Findings& findings) const {
  const auto& signatures = *findings.authentication.dkim;
  if (signatures.empty() || anyIs(signatures, dkim::Outcome::Pass) ||
      settings_.dkim.failure == config::OnFailure::Accept)
    return Verdict::pass(std::move(saw));
  // A key that could not be fetched may be the one that proves it.
  if (anyIs(signatures, dkim::Outcome::TempError))
    return settings_.dkim.tempError == config::OnDnsFailure::Defer
               ? unanswered(std::move(saw))
               : Verdict::pass(std::move(saw));
  return verdictOf(settings_.dkim.failure,
                   settings_,
                   "dkim fail",
                   std::move(saw),
                   {550, "5.7.20", "No DKIM signature of the message is good"},
                   findings);
}

}  // namespace mailreeve::milter
