#include "milter/checks/spf.h"

#include <utility>

#include "core/base/text.h"
#include "milter/authentication_verdict.h"
#include "milter/promise.h"

namespace mailreeve::milter {

namespace {

using config::ListProof;
using config::OnDnsFailure;
using config::OnFailure;
using spf::Outcome;

constexpr int kHeloShare = 4;  // Of the time for the DNS, at most one part.
constexpr std::size_t kMostDomain = 100;
constexpr std::size_t kMostExplanation = 200;

// "fail: 203.0.113.9 for example.com by -all, 3 lookups"
std::string sawOf(const spf::Finding& finding, const std::string& client) {
  std::string saw(describe(finding.outcome));
  saw += ": " + client + " for " + finding.domain;
  if (finding.heloJudged) saw += " (HELO)";
  if (!finding.mechanism.empty()) saw += " by " + finding.mechanism;
  if (!finding.problem.empty()) saw += ", " + finding.problem;
  saw += ", " + std::to_string(finding.lookups) + " lookups";
  return printable(saw);
}

// RFC 7208 section 8.4 and RFC 7372 section 3.2. The explanation is the
// domain's word, and said to be (section 6.2).
Reply failed(const spf::Finding& finding, const std::string& client) {
  const std::string domain = replyText(finding.domain, kMostDomain);
  std::string text = client + " is not allowed to send mail for " + domain;
  if (!finding.explanation.empty())
    text += "; " + domain +
            " explains: " + replyText(finding.explanation, kMostExplanation);
  return {550, "5.7.23", std::move(text)};
}

Reply misnamed(const spf::Finding& finding, const std::string& client) {
  return {550,
          "5.7.23",
          client + " is not allowed to call itself " +
              replyText(finding.domain, kMostDomain)};
}

Reply unreadable(const spf::Finding& finding) {
  return {550,
          "5.7.24",
          "The SPF record of " + replyText(finding.domain, kMostDomain) +
              " cannot be understood"};
}

bool heloFails(const Authentication& found) {
  return found.helo && found.helo->outcome == Outcome::Fail;
}

Verdict unproven(std::string saw) {
  auto verdict =
      Verdict::defer(std::move(saw) + ", and an allow entry's proof is open");
  verdict.reply = {
      451, "4.4.3", "The sender cannot be authenticated at the moment"};
  verdict.found = "spf temperror";
  return verdict;
}

Verdict unanswered(const spf::Finding& finding, std::string saw) {
  auto verdict = Verdict::defer(std::move(saw));
  verdict.reply = {451,
                   "4.7.24",
                   "The SPF record of " +
                       replyText(finding.domain, kMostDomain) +
                       " cannot be looked up at the moment"};
  verdict.found = "spf temperror";
  return verdict;
}

}  // namespace

Spf::Spf(const config::Settings& settings,
         dns::Resolver& resolver,
         const Clock& clock)
    : settings_(settings.authenticationChecks),
      dnsLimit_(dnsLimitBesideDmarc(settings)),
      verifier_(resolver, clock, settings.server.hostname) {}

bool Spf::decides(const Findings& findings) const {
  return settings_.spf.enabled && !findings.exempt.has(Skip::Spf);
}

// Whether the sender is to come again because the DNS says nothing.
bool Spf::isUnanswered(const spf::Finding& finding) const {
  return finding.outcome == Outcome::TempError &&
         settings_.spf.tempError == OnDnsFailure::Defer;
}

// Whether a key that could not be fetched may yet spare the sender all this.
bool Spf::waitsForProof(const Findings& findings) const {
  return findings.openProof.has(Skip::Spf) &&
         settings_.spf.tempError == OnDnsFailure::Defer;
}

// Who names himself by the domain he sends for is asked about once; bounces are
// judged by HELO in any case.
bool Spf::asksHelo(const Transaction& transaction,
                   const Findings& findings) const {
  const auto& envelope = transaction.envelope;
  const auto at = envelope.mailFrom.rfind('@');
  return settings_.spf.heloFail != OnFailure::Accept && decides(findings) &&
         at != std::string::npos && !envelope.helo.empty() &&
         !equalsIgnoringCase(envelope.mailFrom.substr(at + 1), envelope.helo);
}

OnFailure Spf::actionOn(Outcome outcome) const {
  switch (outcome) {
    case Outcome::Fail:
      return settings_.spf.fail;
    case Outcome::SoftFail:
      return settings_.spf.softFail;
    case Outcome::PermError:
      return settings_.spf.permError;
    default:
      return OnFailure::Accept;
  }
}

Result<Verdict> Spf::onEnvelope(const Transaction& transaction,
                                Findings& findings) const {
  const bool forDmarc =
      settings_.dmarc.enabled && !findings.exempt.has(Skip::Dmarc);
  const bool forProof = isPromised(findings, ListProof::Spf) ||
                        isPromised(findings, ListProof::Dmarc);
  if (transaction.outbound || (!decides(findings) && !forDmarc && !forProof))
    return Verdict::pass();
  if (transaction.fromSigningNetwork) return Verdict::pass(kFromSigningNetwork);
  const auto& envelope = transaction.envelope;
  const auto client = parseIp(envelope.clientAddress);
  if (!client) return Verdict::pass("the client has no address");

  auto& found = findings.authentication;
  if (asksHelo(transaction, findings))
    found.helo =
        found.dns.spend(dnsLimit_ / kHeloShare, [&](dns::Deadline deadline) {
          return verifier_.verify({*client, envelope.helo, ""}, deadline);
        });
  // What an allow entry has promised may spare it this, too.
  if (settings_.spf.heloFail == OnFailure::Reject && heloFails(found) &&
      !findings.promise.skips.has(Skip::Spf))
    return judgeHelo(transaction, findings);
  found.spf = found.dns.spend(dnsLimit_, [&](dns::Deadline deadline) {
    return verifier_.verify({*client, envelope.helo, envelope.mailFrom},
                            deadline);
  });
  std::string saw = sawOf(*found.spf, envelope.clientAddress) +
                    keepPromise(ListProof::Spf, transaction, findings);
  if (found.helo && found.helo->outcome != Outcome::None)
    saw += "; " + sawOf(*found.helo, envelope.clientAddress);
  if (!decides(findings))
    return Verdict::pass(saw + (settings_.spf.enabled
                                    ? "; spared by an allow rule"
                                    : "; it decides nothing"));
  const bool refuses = isUnanswered(*found.spf) ||
                       actionOn(found.spf->outcome) == OnFailure::Reject;
  if (!refuses) return Verdict::pass(std::move(saw));
  if (mayBeSparedSpf(findings))
    return Verdict::pass(saw + "; the message may tell more");
  if (isUnanswered(*found.spf)) return unanswered(*found.spf, std::move(saw));
  if (settings_.spf.waitForDmarc || !settings_.arc.trustedSealers.empty())
    return Verdict::pass(saw + "; the message may tell more");
  return verdictOf(OnFailure::Reject,
                   settings_,
                   "spf " + std::string(describe(found.spf->outcome)),
                   std::move(saw),
                   found.spf->outcome == Outcome::PermError
                       ? unreadable(*found.spf)
                       : failed(*found.spf, envelope.clientAddress),
                   findings);
}

Result<Verdict> Spf::onMessage(const Transaction& transaction,
                               const mail::Message&,
                               Findings& findings) const {
  const auto& found = findings.authentication;
  if (!found.spf || !decides(findings)) return Verdict::pass();
  Verdict verdict = judgeSender(transaction, findings);
  if (verdict.final() || !heloFails(found)) return verdict;
  Verdict helo = judgeHelo(transaction, findings);
  return helo.kind > verdict.kind ? helo : verdict;
}

Verdict Spf::judgeHelo(const Transaction& transaction,
                       Findings& findings) const {
  const auto& finding = *findings.authentication.helo;
  const auto& client = transaction.envelope.clientAddress;
  if (settings_.spf.heloFail != OnFailure::Accept && waitsForProof(findings))
    return unproven(sawOf(finding, client));
  return verdictOf(settings_.spf.heloFail,
                   settings_,
                   "spf helo fail",
                   sawOf(finding, client),
                   misnamed(finding, client),
                   findings);
}

Verdict Spf::judgeSender(const Transaction& transaction,
                         Findings& findings) const {
  const auto& found = findings.authentication;
  if (isUnanswered(*found.spf))
    return unanswered(*found.spf,
                      sawOf(*found.spf, transaction.envelope.clientAddress));
  const OnFailure action = actionOn(found.spf->outcome);
  if (action == OnFailure::Accept) return Verdict::pass();
  const std::string outcome(describe(found.spf->outcome));
  if (found.vouchedFor)
    return Verdict::pass(outcome + ", but a trusted forwarder vouches for it");
  if (settings_.spf.waitForDmarc && found.dmarc &&
      found.dmarc->outcome == dmarc::Outcome::Pass)
    return Verdict::pass(outcome + ", but DMARC passes");
  const auto& client = transaction.envelope.clientAddress;
  if (waitsForProof(findings)) return unproven(sawOf(*found.spf, client));
  return verdictOf(action,
                   settings_,
                   "spf " + outcome,
                   sawOf(*found.spf, client),
                   found.spf->outcome == Outcome::PermError
                       ? unreadable(*found.spf)
                       : failed(*found.spf, client),
                   findings);
}

}  // namespace mailreeve::milter
