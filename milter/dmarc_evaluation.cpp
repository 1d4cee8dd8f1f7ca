#include "milter/dmarc_evaluation.h"

#include <algorithm>

#include "core/auth/dmarc/verify.h"
#include "core/base/text.h"
#include "milter/authentication.h"

namespace mailreeve::milter {

namespace {

std::string domainOf(const std::string& address) {
  const auto sign = address.rfind('@');
  return sign == std::string::npos ? std::string()
                                   : lower(address.substr(sign + 1));
}

std::vector<std::string> domainsOf(const std::vector<std::string>& addresses) {
  std::vector<std::string> domains;
  for (const auto& address : addresses) domains.push_back(domainOf(address));
  std::sort(domains.begin(), domains.end());
  domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
  return domains;
}

void addSpf(const spf::Finding& finding, DmarcEvaluation& out) {
  out.spfDomain = finding.domain;
  out.spfScope = finding.heloJudged ? "helo" : "mfrom";
  out.spfResult = describe(finding.outcome);
}

// To keep it and to mark it are both what p=quarantine asks for (RFC 7489
// section 6.3).
dmarc::Policy policyOf(Verdict::Kind done) {
  switch (done) {
    case Verdict::Kind::Reject:
      return dmarc::Policy::Reject;
    case Verdict::Kind::Mark:
    case Verdict::Kind::Quarantine:
      return dmarc::Policy::Quarantine;
    default:
      return dmarc::Policy::None;
  }
}

}  // namespace

DmarcEvaluation evaluationOf(const Transaction& transaction,
                             const Authentication& found,
                             dmarc::Mode mode) {
  const auto& finding = *found.dmarc;
  const auto& envelope = transaction.envelope;
  DmarcEvaluation out;
  out.policyDomain = finding.policyDomain;
  out.organisation = finding.organisation;
  out.record = *finding.record;
  out.mode = mode;
  out.sourceIp = envelope.clientAddress;
  out.helo = envelope.helo;
  out.headerFrom = finding.authorDomain;
  out.envelopeFrom = domainOf(envelope.mailFrom);
  out.envelopeTo = domainsOf(envelope.recipients);
  out.dkimAligned = finding.dkimAligned;
  out.spfAligned = finding.spfAligned;
  if (found.dkim)
    for (const auto& each : *found.dkim)
      out.signatures.push_back({each.domain,
                                each.selector,
                                std::string(describe(each.outcome)),
                                each.problem});
  if (found.spf) addSpf(*found.spf, out);
  return out;
}

void noteDisposition(Verdict::Kind done,
                     dmarc::Policy asked,
                     DmarcEvaluation& evaluation) {
  const dmarc::Policy policy = policyOf(done);
  evaluation.disposition = describe(policy);
  // What the settings made of it, where they differ from the domain.
  if (policy != asked && evaluation.overrideType.empty())
    evaluation.overrideType = "local_policy";
}

}  // namespace mailreeve::milter
