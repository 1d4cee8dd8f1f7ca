#include "milter/checks/spam.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/content/message_text.h"
#include "core/mail/header_text.h"
#include "core/spam/scan_header.h"
#include "milter/forged_sender.h"
#include "milter/spam_fields.h"

namespace mailreeve::milter {

namespace {

// What keywords are looked for in; what is behind it goes unread, and the trace
// says so.
constexpr std::size_t kMostText = std::size_t{1} << 20U;

Verdict spamVerdict(config::SpamAction action,
                    std::string reason,
                    std::string found) {
  switch (action) {
    case config::SpamAction::Quarantine:
      return Verdict::quarantine(std::move(reason), std::move(found));
    case config::SpamAction::Reject:
      return Verdict::reject(
          {554, "5.7.1", "Message refused because it looks like spam"},
          std::move(reason),
          std::move(found));
    case config::SpamAction::Discard:
      return Verdict::discard(std::move(reason), std::move(found));
    case config::SpamAction::Mark:
      break;
  }
  return Verdict::mark(std::move(reason), std::move(found));
}

// Its verdict is waived: asking once more would only teach spamd once more that
// this is spam.
bool isExcused(const Transaction& transaction, std::string_view step) {
  return transaction.released && transaction.released->waives(step);
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  if (names.size() <= kMost) return join(names, ",");
  return join({names.begin(), names.begin() + kMost}, ",") + " and " +
         std::to_string(names.size() - kMost) + " more";
}

}  // namespace

// One message's way through spamd.
class Spam::Question final : public Inquiry {
 public:
  Question(const Spam& check, const Transaction& transaction, bool forged)
      : check_(check),
        settings_(check.settings_),
        transaction_(transaction),
        filtered_(check.filters_.decide(transaction, forged)) {
    if (!filtered_ || filtered_->forAll) return;
    partly_ = filtered_->filter;
    filtered_.reset();
  }

  void complete(const mail::Message& message) override {
    if (filtered_ || tooLarge(message)) return;
    const auto verb = settings_.report == config::SpamReport::None
                          ? spam::Verb::Symbols
                          : spam::Verb::Report;
    conversation_ = check_.spamd_->begin(
        verb,
        (check_.dryRun_ ? spam::dryRunHeader() : "") +
            spam::scanHeader(transaction_.envelope,
                             check_.policy_.settings().server.hostname,
                             transaction_.at),
        message.bytes());
  }

  [[nodiscard]] Result<Verdict> answer(const Transaction& transaction,
                                       const mail::Message& message,
                                       Findings& findings) override {
    auto& found = findings.spam;
    found.asked = true;
    if (filtered_) return byFilter(findings);
    Decimal score;
    std::string saw;
    std::string failure;
    if (conversation_ == nullptr) {
      saw = "larger than " +
            formatSize(static_cast<std::uint64_t>(settings_.maxSize)) +
            ", not given to spamd";
    } else if (auto answer = conversation_->finish(); !answer) {
      failure = answer.error().what;
    } else {
      score = answer->score;
      found.rules = settings_.report == config::SpamReport::None
                        ? spam::ruleNames(answer->body)
                        : spam::ruleNamesOfReport(answer->body);
      found.report = mail::anyAsUtf8(answer->body);
      saw = "spamd " + score.text();
      if (check_.dryRun_ && !settings_.server.empty())
        saw += ", which may have learned from it";
    }
    conversation_.reset();
    if (!failure.empty()) {
      saw = "not scanned: " + failure;
      if (settings_.onFailure == config::SpamFailure::Defer)
        return Verdict::defer(std::move(saw));
    }
    addKeywords(message, score, saw, found);
    if (!partly_.empty())
      saw += ", filter \"" + partly_ + "\" is not for all recipients";
    found.score = score;
    const Threshold threshold = check_.thresholdFor(transaction, findings);
    return byScore(score, threshold, !failure.empty(), saw, findings);
  }

 private:
  [[nodiscard]] bool tooLarge(const mail::Message& message) const {
    return message.bytes().size() > static_cast<std::size_t>(settings_.maxSize);
  }

  [[nodiscard]] Verdict byFilter(Findings& findings) const {
    auto& found = findings.spam;
    found.isSpam = filtered_->verdict == config::SpamVerdict::Spam;
    const std::string saw = "filter \"" + filtered_->filter + "\"";
    if (settings_.headers)
      findings.marks.fields.push_back(spamStatusField(found, saw));
    if (!found.isSpam) return Verdict::pass(saw + ": no spam");
    return judged(settings_.action, saw, "FILTER", findings);
  }

  void addKeywords(const mail::Message& message,
                   Decimal& score,
                   std::string& saw,
                   SpamFinding& found) const {
    const auto& keywords = check_.keywords_;
    if (keywords.empty()) return;
    const auto* subject = message.header("Subject");
    const auto text = keywords.wantsContent()
                          ? content::textOf(message, kMostText)
                          : content::MessageText();
    const auto words = keywords.find(
        subject == nullptr ? "" : mail::readableHeader(subject->value),
        text.text);
    if (!text.unread.empty()) saw += ", keywords: " + text.unread;
    if (words.names.empty()) return;
    score += words.score;
    saw += ", keywords " + words.score.text();
    for (const auto& name : words.names)
      found.rules.push_back("KEYWORD:" + name);
  }

  [[nodiscard]] Verdict byScore(Decimal score,
                                const Threshold& threshold,
                                bool failed,
                                const std::string& saw,
                                Findings& findings) const {
    auto& found = findings.spam;
    found.isSpam = score >= threshold.score;
    std::string reason = "score " + score.text() + " (" + saw +
                         "), spam from " + threshold.score.text() + " on" +
                         threshold.of;
    if (!found.rules.empty()) reason += ": " + listed(found.rules);
    if (settings_.headers)
      for (auto& field : spamFields(found, threshold.score, failed))
        findings.marks.fields.push_back(std::move(field));
    if (!found.isSpam) return notSpam(failed, std::move(reason), findings);
    const bool refuse =
        settings_.rejectAbove > Decimal() && score >= settings_.rejectAbove;
    return judged(refuse ? config::SpamAction::Reject : settings_.action,
                  std::move(reason),
                  listed(found.rules),
                  findings);
  }

  [[nodiscard]] Verdict notSpam(bool failed,
                                std::string reason,
                                Findings& findings) const {
    if (!failed || settings_.onFailure != config::SpamFailure::Mark)
      return Verdict::pass(std::move(reason));
    if (!settings_.headers) findings.marks.fields.push_back(notScannedField());
    return Verdict::mark(std::move(reason), "NOT_SCANNED");
  }

  [[nodiscard]] Verdict judged(config::SpamAction action,
                               std::string reason,
                               std::string found,
                               Findings& findings) const {
    findings.marks.fields.push_back(spamFlagField());
    if (!settings_.subjectTag.empty())
      findings.marks.subjectPrefixes.push_back(settings_.subjectTag);
    findings.spam.wrap = settings_.report;
    return spamVerdict(action, std::move(reason), std::move(found));
  }

  const Spam& check_;
  const config::Spam& settings_;
  const Transaction& transaction_;
  std::optional<SpamFilters::Decision> filtered_;
  std::string partly_;  // A filter that spares some recipients only.
  std::unique_ptr<spam::Spamd::Conversation> conversation_;
};

Result<std::unique_ptr<const Spam>> Spam::make(const directory::Policy& policy,
                                               const Backends& backends) {
  auto keywords = SpamKeywords::make(policy.settings().spam);
  if (!keywords) return std::move(keywords).error();
  return std::unique_ptr<const Spam>(
      new Spam(policy, backends, *std::move(keywords)));
}

Spam::Spam(const directory::Policy& policy,
           const Backends& backends,
           SpamKeywords keywords)
    : policy_(policy),
      settings_(policy.settings().spam),
      filters_(policy),
      keywords_(std::move(keywords)),
      spamd_(backends.spamd),
      dryRun_(backends.dryRun),
      correspondents_(backends.correspondents) {}

std::unique_ptr<Inquiry> Spam::inquire(const Transaction& transaction,
                                       const Findings& findings) const {
  if (isExcused(transaction, name())) return nullptr;
  if (!settings_.enabled || (transaction.outbound && !settings_.scanOutbound))
    return nullptr;
  return std::make_unique<Question>(
      *this, transaction, claimsToBeOurs(transaction, findings));
}

Result<Verdict> Spam::onMessage(const Transaction& transaction,
                                const mail::Message&,
                                Findings&) const {
  if (!isExcused(transaction, name())) return Verdict::pass();
  return Verdict::pass("waived by the release, and not asked again");
}

bool Spam::needsBody() const {
  return settings_.enabled;
}

Spam::Threshold Spam::thresholdFor(const Transaction& transaction,
                                   const Findings& findings) const {
  const bool trusted = correspondents_ != nullptr &&
                       settings_.correspondents.enabled &&
                       !transaction.outbound && !senderIsDoubtful(findings);
  std::optional<Threshold> lowest;
  bool differ = false;
  for (const auto& recipient : transaction.recipients) {
    auto one = thresholdFor(transaction, recipient, trusted);
    differ = differ || (lowest && one.score != lowest->score);
    if (!lowest || one.score < lowest->score) lowest = std::move(one);
  }
  if (!lowest) return {settings_.threshold, ""};
  if (differ) lowest->of += ", the strictest of the recipients";
  return *std::move(lowest);
}

Spam::Threshold Spam::thresholdFor(const Transaction& transaction,
                                   const Party& recipient,
                                   bool trusted) const {
  const auto effective = policy_.spamThreshold(recipient.address);
  Threshold threshold{effective.value, ""};
  std::string why = effective.from == "server" ? "" : effective.from;
  if (trusted && !transaction.sender.keys.null() &&
      correspondents_->knows(recipient.keys.mailbox,
                             transaction.sender.keys.mailbox,
                             settings_.correspondents.keepDays)) {
    threshold.score += settings_.correspondents.bonus;
    why += (why.empty() ? "" : ", ") + std::string("has written to the sender");
  }
  if (!why.empty())
    threshold.of = " for " + recipient.address + " (" + why + ")";
  return threshold;
}

}  // namespace mailreeve::milter
