#include "milter/checks/dmarc.h"

#include <functional>
#include <random>
#include <utility>

#include "core/auth/message_view.h"
#include "core/base/text.h"
#include "milter/authentication_verdict.h"
#include "milter/dmarc_evaluation.h"
#include "milter/promise.h"

namespace mailreeve::milter {

namespace {

using config::OnDnsFailure;
using config::OnFailure;
using dmarc::Outcome;
using dmarc::Policy;

// RFC 8617 section 7.2.2, as far as we keep it.
std::string arcComment(const arc::Finding& chain) {
  std::string text = "arc=pass";
  for (std::size_t i = chain.hops.size(); i > 0; --i)
    text += " as[" + std::to_string(i) + "].d=" + chain.hops[i - 1].sealer;
  return text;
}

std::string drawSecret() {
  std::random_device source;
  std::string secret;
  for (int i = 0; i < 4; ++i) secret += std::to_string(source()) + ".";
  return secret;
}

// "fail: example.com has nothing that proves it; p=reject of example.com"
std::string sawOf(const dmarc::Finding& finding) {
  std::string saw(describe(finding.outcome));
  saw += ": ";
  saw +=
      finding.authorDomain.empty() ? "no author domain" : finding.authorDomain;
  if (finding.outcome == Outcome::Pass) saw += " by " + finding.alignedBy;
  if (finding.outcome == Outcome::None) saw += " publishes no policy";
  if (!finding.problem.empty()) saw += ", " + finding.problem;
  if (!finding.policyDomain.empty()) {
    saw += ", policy ";
    saw += describe(finding.published);
    saw += " of " + finding.policyDomain;
  }
  return printable(saw);
}

// RFC 7489 section 10.3 and RFC 7372 section 3.3.
Reply failed(const dmarc::Finding& finding) {
  return {550,
          "5.7.26",
          "Mail of " + replyText(finding.authorDomain, 100) +
              " must be authenticated (DMARC), and this message is not"};
}

Reply noAuthor() {
  return {550,
          "5.7.1",
          "The message must have one From field, with addresses of one domain"};
}

Verdict unanswered(std::string saw) {
  auto verdict = Verdict::defer(std::move(saw));
  verdict.reply = {
      451, "4.4.3", "The sender cannot be authenticated at the moment"};
  verdict.found = "dmarc temperror";
  return verdict;
}

}  // namespace

Dmarc::Dmarc(const config::Settings& settings, dns::Resolver& resolver)
    : settings_(settings.authenticationChecks),
      mode_(settings_.dmarc.mode == config::DmarcMode::Rfc9989
                ? dmarc::Mode::TreeWalk
                : dmarc::Mode::PublicSuffixList),
      dnsLimit_(std::chrono::seconds(settings.dns.timeout)),
      verifier_(resolver, dmarc::PublicSuffixList::newest(), mode_),
      secret_(drawSecret()) {}

// The same message comes to the same number when it is tried again.
unsigned Dmarc::sampleOf(const mail::Message& message) const {
  std::string key = secret_ + message.envelope().mailFrom;
  for (const auto* name : {"Message-ID", "From", "Date"})
    if (const auto* field = message.header(name)) key += '\n' + field->value;
  return static_cast<unsigned>(std::hash<std::string>{}(key) % 100);
}

dmarc::Finding Dmarc::look(const mail::Message& message,
                           Authentication& found) const {
  return found.dns.spend(dnsLimit_, [&](dns::Deadline deadline) {
    return verifier_.verify(auth::viewOf(message),
                            found.spf.value_or(spf::Finding{}),
                            found.dkim.value_or(std::vector<dkim::Finding>{}),
                            sampleOf(message),
                            deadline);
  });
}

// A chain whose keys could not be fetched may turn out to be a friend's.
bool Dmarc::mayBeVouchedFor(const Authentication& found) const {
  return found.arc && found.arc->outcome == dkim::Outcome::TempError &&
         !settings_.arc.trustedSealers.empty();
}

Dmarc::Disposition Dmarc::weigh(const Authentication& found) const {
  const auto& finding = *found.dmarc;
  if (finding.outcome != Outcome::Fail) return {};
  if (found.vouchedFor && finding.published != Policy::None)
    return {Policy::None, "local_policy", arcComment(*found.arc)};
  if (!finding.softened) return {finding.applied, "", ""};
  if (mode_ == dmarc::Mode::TreeWalk)
    return {finding.applied, "policy_test_mode", ""};
  if (!settings_.dmarc.honourPercent) return {finding.published, "", ""};
  return {finding.applied, "sampled_out", ""};
}

Verdict Dmarc::judge(const Disposition& disposition, Findings& findings) const {
  auto& found = findings.authentication;
  const auto& finding = *found.dmarc;
  std::string saw = sawOf(finding);
  if (finding.outcome == Outcome::PermError)
    return verdictOf(settings_.dmarc.noAuthor,
                     settings_,
                     "dmarc permerror",
                     std::move(saw),
                     noAuthor(),
                     findings);
  const bool open =
      finding.outcome == Outcome::TempError ||
      (disposition.policy != Policy::None &&
       (mayBeVouchedFor(found) || findings.openProof.has(Skip::Dmarc)));
  if (open && settings_.dmarc.tempError == OnDnsFailure::Defer)
    return unanswered(std::move(saw));
  if (!disposition.overrideType.empty()) {
    found.override = disposition.overrideType == "local_policy"
                         ? "a trusted forwarder vouches"
                         : "milder, as the domain asks";
    saw += "; " + found.override;
  }
  OnFailure action = OnFailure::Accept;
  if (disposition.policy == Policy::Reject) action = settings_.dmarc.reject;
  if (disposition.policy == Policy::Quarantine)
    action = settings_.dmarc.quarantine;
  return verdictOf(action,
                   settings_,
                   "dmarc " + std::string(describe(disposition.policy)),
                   std::move(saw),
                   failed(finding),
                   findings);
}

Result<Verdict> Dmarc::onMessage(const Transaction& transaction,
                                 const mail::Message& message,
                                 Findings& findings) const {
  const bool decides =
      settings_.dmarc.enabled && !findings.exempt.has(Skip::Dmarc);
  if (transaction.outbound ||
      (!decides && !isPromised(findings, config::ListProof::Dmarc)))
    return Verdict::pass();
  if (transaction.fromSigningNetwork) return Verdict::pass(kFromSigningNetwork);
  auto& found = findings.authentication;
  found.dmarc = look(message, found);
  // Who has this proof passes DMARC: nothing is taken back.
  const std::string kept =
      keepPromise(config::ListProof::Dmarc, transaction, findings);
  if (!decides)
    return Verdict::pass(sawOf(*found.dmarc) + kept + "; it decides nothing");
  const Disposition disposition = weigh(found);
  Verdict verdict = judge(disposition, findings);
  verdict.reason += kept;
  // What is deferred comes again, and is counted then; what is passed on was.
  if (found.dmarc->record && transaction.handling == Handling::Judged &&
      verdict.kind != Verdict::Kind::Defer) {
    found.evaluation = evaluationOf(transaction, found, mode_);
    found.evaluation->overrideType = disposition.overrideType;
    found.evaluation->overrideComment = disposition.overrideComment;
    noteDisposition(verdict.kind, disposition.policy, *found.evaluation);
  }
  return verdict;
}

}  // namespace mailreeve::milter
