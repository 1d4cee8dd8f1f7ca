#include "milter/checks/antivirus.h"

#include <chrono>
#include <ctime>
#include <utility>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/mail/header_text.h"
#include "core/store/waiver.h"

namespace mailreeve::milter {

namespace {

using config::ScanFailure;
using config::TooLargeAction;
using config::VirusAction;
using scan::Finding;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kLongestReason = 300;
constexpr std::chrono::hours kWarnAgain{1};

// Empty: it is to be scanned.
std::string whyNot(const config::Antivirus& settings,
                   const Transaction& transaction,
                   const Findings& findings) {
  // What leaves the quarantine is always scanned, with today's signatures.
  if (transaction.released) return {};
  if (findings.exempt.has(Skip::Antivirus))
    return "not scanned: an allow rule holds for every recipient";
  if (transaction.outbound && !settings.scanOutbound)
    return "not scanned: outbound";
  return {};
}

std::string subjectOf(const mail::Message& message) {
  const auto* const subject = message.header("Subject");
  return subject == nullptr ? std::string()
                            : mail::readableHeader(subject->text());
}

// From what the engine says to what we do.
class Decision {
 public:
  Decision(const config::Antivirus& settings,
           const Transaction& transaction,
           const mail::Message& message,
           Findings& findings)
      : settings_(settings),
        transaction_(transaction),
        message_(message),
        findings_(findings) {}

  Verdict on(const Finding& finding) {
    warn(finding);
    switch (finding.kind) {
      case Finding::Kind::Infected:
        return infected(finding);
      case Finding::Kind::TooLarge:
        return tooLarge("larger than " + finding.engine + " takes");
      case Finding::Kind::Clean:
        break;
    }
    return Verdict::pass("clean (" + finding.engine + ")" +
                         (finding.note.empty() ? "" : "; " + finding.note));
  }

  Verdict onFailure(const Error& error) {
    const std::string why =
        "not scanned: " + printable(error.what.substr(0, kLongestReason));
    // A release can wait for the engine.
    if (transaction_.released) return Verdict::defer(why);
    switch (settings_.onFailure) {
      case ScanFailure::Deliver:
        return Verdict::pass(why);
      case ScanFailure::Mark:
        return marked("Not scanned", why, {});
      case ScanFailure::Defer:
        break;
    }
    return Verdict::defer(why);
  }

  Verdict tooLarge(const std::string& why) {
    if (released()) return Verdict::pass("not scanned, but released: " + why);
    switch (settings_.tooLarge) {
      case TooLargeAction::Deliver:
        return Verdict::pass("not scanned: " + why);
      case TooLargeAction::Quarantine:
        return Verdict::quarantine("not scanned: " + why,
                                   store::kTooLargeToScan);
      case TooLargeAction::Reject:
        return Verdict::reject(
            {552, "5.3.4", "Message too large to be scanned"},
            "not scanned: " + why,
            store::kTooLargeToScan);
      case TooLargeAction::Mark:
        break;
    }
    return marked("Not scanned (too large)", "not scanned: " + why, {});
  }

 private:
  // Whether somebody has decided about a message that nobody can scan: for that
  // it was held, or he says so, or it would have been delivered with a mark.
  [[nodiscard]] bool released() const {
    return transaction_.released &&
           (transaction_.released->found == store::kTooLargeToScan ||
            transaction_.released->waives(store::kUnscanned) ||
            settings_.tooLarge == TooLargeAction::Mark);
  }

  Verdict infected(const Finding& finding) {
    const std::string why = finding.virus + " (" + finding.engine + ")" +
                            (finding.note.empty() ? "" : "; " + finding.note);
    if (transaction_.outbound &&
        settings_.outboundAction == config::OutboundVirusAction::Reject)
      return Verdict::reject(
          {550, "5.7.1", "Message contains a virus"}, why, finding.virus);
    switch (settings_.action) {
      case VirusAction::Delete:
        notify(finding, false);
        return Verdict::discard(why, finding.virus);
      case VirusAction::Deliver:
        return marked("Infected (" + finding.virus + ")", why, finding.virus);
      case VirusAction::Quarantine:
        break;
    }
    notify(finding, true);
    return Verdict::quarantine(why, finding.virus);
  }

  Verdict marked(const std::string& status,
                 std::string why,
                 std::string found) {
    if (!settings_.subjectPrefix.empty())
      findings_.marks.subjectPrefixes.push_back(settings_.subjectPrefix);
    findings_.marks.fields.push_back({kVirusField, " " + status});
    return Verdict::mark(std::move(why), std::move(found));
  }

  // One notice for all recipients in our domains; strangers have no part in
  // what we keep from our own.
  void notify(const Finding& finding, bool quarantined) {
    if (!settings_.notifyRecipients) return;
    store::Notice notice;
    notice.kind = "virus";
    for (const auto& recipient : transaction_.recipients)
      if (recipient.domain != nullptr)
        notice.recipients.push_back(recipient.address);
    if (notice.recipients.empty()) return;
    notice.templateName = "notices/virus.txt.tpl";
    const std::string& sender = transaction_.envelope.mailFrom;
    notice.values = {{"VIRUS", finding.virus},
                     {"SENDER", sender.empty() ? "<>" : sender},
                     {"SUBJECT", subjectOf(message_)},
                     {"DATE", localTime(transaction_.at, "%Y-%m-%d %H:%M %z")},
                     {"QUARANTINED", quarantined ? "yes" : ""},
                     {"DELETED", quarantined ? "" : "yes"}};
    findings_.notices.push_back(std::move(notice));
  }

  void warn(const Finding& finding) {
    if (finding.turn == Finding::Turn::None || settings_.warnTo.empty()) return;
    const bool down = finding.turn == Finding::Turn::WentDown;
    store::Notice notice;
    notice.kind = "antivirus engine";
    notice.recipients = settings_.warnTo;
    notice.templateName = "notices/antivirus-engine.txt.tpl";
    notice.values = {{"DOWN", down ? "yes" : ""},
                     {"BACK", down ? "" : "yes"},
                     {"SERVER", settings_.icap.server},
                     {"REASON", finding.note}};
    notice.once = {down ? "icap down" : "icap back", kWarnAgain};
    findings_.warnings.push_back(std::move(notice));
  }

  const config::Antivirus& settings_;
  const Transaction& transaction_;
  const mail::Message& message_;
  Findings& findings_;
};

class ScanInquiry final : public Inquiry {
 public:
  ScanInquiry(const config::Antivirus& settings,
              std::shared_ptr<scan::Scanner> scanner)
      : settings_(settings),
        scanner_(std::move(scanner)),
        scan_(scanner_->begin()) {}

  void bytes(std::string_view arrived) override {
    seen_ += arrived.size();
    if (!scan_) return;
    if (over(seen_))
      scan_.reset();  // Takes it back.
    else
      scan_->bytes(arrived);
  }

  void complete(const mail::Message& message) override {
    if (over(message.bytes().size())) scan_.reset();
    if (scan_) scan_->complete(message.bytes());
  }

  Result<Verdict> answer(const Transaction& transaction,
                         const mail::Message& message,
                         Findings& findings) override {
    // An allow rule may hold only since DKIM or SPF proved who sent this.
    if (const auto why = whyNot(settings_, transaction, findings); !why.empty())
      return Verdict::pass(why);
    Decision decision(settings_, transaction, message, findings);
    if (!scan_)
      return decision.tooLarge(std::to_string(message.bytes().size()) +
                               " bytes, most are " +
                               std::to_string(settings_.maxScanSize));
    const auto finding = scan_->answer(
        Steady::now() + std::chrono::seconds(settings_.timeLimitSeconds));
    scan_.reset();
    return finding ? decision.on(*finding)
                   : decision.onFailure(finding.error());
  }

 private:
  [[nodiscard]] bool over(std::size_t size) const {
    return size > static_cast<std::size_t>(settings_.maxScanSize);
  }

  const config::Antivirus settings_;  // The check may be gone before us.
  std::shared_ptr<scan::Scanner> scanner_;
  std::unique_ptr<scan::Scan> scan_;  // Null: too large.
  std::size_t seen_ = 0;
};

}  // namespace

Antivirus::Antivirus(config::Antivirus settings,
                     std::shared_ptr<scan::Scanner> scanner)
    : settings_(std::move(settings)), scanner_(std::move(scanner)) {}

std::unique_ptr<Inquiry> Antivirus::inquire(const Transaction& transaction,
                                            const Findings& findings) const {
  if (!scanner_ || !whyNot(settings_, transaction, findings).empty())
    return nullptr;
  return std::make_unique<ScanInquiry>(settings_, scanner_);
}

Result<Verdict> Antivirus::onMessage(const Transaction& transaction,
                                     const mail::Message&,
                                     Findings& findings) const {
  if (!scanner_) return Verdict::pass();
  return Verdict::pass(whyNot(settings_, transaction, findings));
}

}  // namespace mailreeve::milter
