#include "milter/dmarc_row.h"

#include <algorithm>

#include "core/auth/dmarc/record.h"
#include "core/base/text.h"

namespace mailreeve::milter {

namespace {

bool isExcluded(const config::DmarcReports& settings,
                const std::string& recipient) {
  return std::any_of(settings.excludeRecipients.begin(),
                     settings.excludeRecipients.end(),
                     [&](const std::string& pattern) {
                       return matchesWildcard(pattern, recipient);
                     });
}

// Only of mail that is genuine: nobody hides a forgery by its subject.
bool isReport(const DmarcEvaluation& evaluation, const std::string& subject) {
  return (evaluation.dkimAligned || evaluation.spfAligned) &&
         startsWithIgnoringCase(trim(subject), "Report Domain:");
}

std::string textOf(const std::optional<dmarc::Policy>& policy) {
  return policy ? std::string(describe(*policy)) : std::string();
}

store::DmarcPublished publishedOf(const DmarcEvaluation& evaluation) {
  const auto& record = evaluation.record;
  store::DmarcPublished out;
  out.domain = evaluation.policyDomain;
  out.p = textOf(record.policy);
  out.sp = textOf(record.subdomains);
  out.np = textOf(record.nonexistent);
  out.adkim = record.strictDkim ? "s" : "r";
  out.aspf = record.strictSpf ? "s" : "r";
  out.pct = record.percent;
  out.testing = record.testing;
  out.fo = record.failureOptions;
  out.treeWalk = evaluation.mode == dmarc::Mode::TreeWalk;
  return out;
}

}  // namespace

std::optional<store::DmarcRow> dmarcRowOf(
    const DmarcEvaluation& evaluation,
    const mail::Envelope& envelope,
    const std::string& subject,
    const config::DmarcReports& settings) {
  const auto& recipients = envelope.recipients;
  if (!settings.enabled || evaluation.record.aggregate.empty() ||
      isReport(evaluation, subject) ||
      std::all_of(recipients.begin(),
                  recipients.end(),
                  [&](const std::string& recipient) {
                    return isExcluded(settings, recipient);
                  }))
    return std::nullopt;
  store::DmarcRow row;
  row.published = publishedOf(evaluation);
  auto& result = row.result;
  result.sourceIp = evaluation.sourceIp;
  result.headerFrom = evaluation.headerFrom;
  result.envelopeFrom = evaluation.envelopeFrom;
  if (evaluation.envelopeTo.size() == 1)
    result.envelopeTo = evaluation.envelopeTo.front();
  result.disposition = evaluation.disposition;
  result.dkimAligned = evaluation.dkimAligned;
  result.spfAligned = evaluation.spfAligned;
  result.overrideType = evaluation.overrideType;
  result.overrideComment = evaluation.overrideComment;
  for (const auto& one : evaluation.signatures)
    result.signatures.push_back(
        {one.domain, one.selector, one.result, one.problem});
  result.spfDomain = evaluation.spfDomain;
  result.spfScope = evaluation.spfScope;
  result.spfResult = evaluation.spfResult;
  return row;
}

}  // namespace mailreeve::milter
