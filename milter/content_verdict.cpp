#include "milter/content_verdict.h"

#include <algorithm>
#include <utility>

#include "core/content/file_name.h"

namespace mailreeve::milter {

namespace {

// A log line with a thousand files helps nobody.
constexpr std::size_t kMaxReason = 500;

}  // namespace

Verdict verdictFor(config::ContentAction action,
                   const ContentFinding& finding) {
  switch (action) {
    case config::ContentAction::Allow:
      return Verdict::pass();
    case config::ContentAction::Mark:
      return Verdict::mark(finding.reason, finding.found);
    case config::ContentAction::Quarantine:
      return Verdict::quarantine(finding.reason, finding.found);
    case config::ContentAction::Reject:
      return Verdict::reject(
          {554, "5.7.1", finding.reply}, finding.reason, finding.found);
  }
  return Verdict::defer("an action nobody knows");
}

void markContent(Findings& findings, const std::string& found) {
  mail::Header field{kContentField, " " + content::nameForReply(found)};
  auto& fields = findings.marks.fields;
  const bool known =
      std::any_of(fields.begin(), fields.end(), [&](const mail::Header& other) {
        return other.name == field.name && other.value == field.value;
      });
  if (!known) fields.push_back(std::move(field));
}

bool holdsFor(config::MailDirection direction, const Transaction& transaction) {
  switch (direction) {
    case config::MailDirection::Both:
      return true;
    case config::MailDirection::Inbound:
      return !transaction.outbound;
    case config::MailDirection::Outbound:
      return transaction.outbound;
  }
  return true;
}

void takeWorse(Verdict& verdict, Verdict worse) {
  std::string reason = verdict.reason;
  if (!worse.reason.empty() && reason.size() < kMaxReason)
    reason += (reason.empty() ? "" : "; ") + worse.reason;
  if (worse.kind > verdict.kind) verdict = std::move(worse);
  verdict.reason = std::move(reason);
}

}  // namespace mailreeve::milter
