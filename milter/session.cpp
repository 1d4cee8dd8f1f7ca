#include "milter/session.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/mail/address.h"
#include "core/mail/header_text.h"
#include "milter/dmarc_row.h"
#include "milter/quota.h"
#include "milter/rule_letters.h"

namespace mailreeve::milter {

namespace {

using Stopwatch = std::chrono::steady_clock;

// milter_macro_daemon_name of master.cf's release listener, of the cleanup(8)
// behind pickup(8), and of that behind everybody else.
constexpr std::string_view kReleaseListener = "RELEASE";
constexpr std::string_view kBehindPickup = "SUBMITTED";
constexpr std::string_view kBehindBounce = "OWN";

mail::Origin originOf(std::string_view daemon) {
  if (daemon == kBehindPickup) return mail::Origin::Submitted;
  if (daemon == kBehindBounce) return mail::Origin::Own;
  return mail::Origin::Network;
}

// Where the settings name no limit, a disk still has one.
constexpr std::size_t kLargestMessage = std::size_t{1} << 30U;

mail::SpoolOptions spoolOptions(const Engine& engine,
                                const std::string& directory) {
  const auto limit = engine.policy().settings().server.maxMessageSize;
  mail::SpoolOptions options;
  options.directory = directory;
  options.limit = limit > 0 ? static_cast<std::size_t>(limit) : kLargestMessage;
  return options;
}

std::size_t declaredSize(const std::vector<std::string_view>& parameters) {
  constexpr std::string_view kSize = "SIZE=";
  for (const auto parameter : parameters)
    if (startsWithIgnoringCase(parameter, kSize))
      return parseNumber(parameter.substr(kSize.size())).value_or(0);
  return 0;
}

std::string envelopeId(const std::vector<std::string_view>& parameters) {
  constexpr std::string_view kEnvelopeId = "ENVID=";
  for (const auto parameter : parameters)
    if (startsWithIgnoringCase(parameter, kEnvelopeId))
      return std::string(parameter.substr(kEnvelopeId.size()));
  return {};
}

Verdict tooLarge(std::string reason) {
  return Verdict::reject({552, "5.3.4", "Message too large"},
                         std::move(reason));
}

Verdict unstorable(const Error& error) {
  if (error.code == ErrorCode::Invalid) return tooLarge(error.what);
  return {Verdict::Kind::Defer,
          {452, "4.3.1", "Insufficient system storage"},
          error.what,
          {}};
}

// What people look a message up by.
void label(const mail::Message& message, Report& report) {
  if (const auto* id = message.header("Message-ID"))
    report.messageId = id->text();
  if (const auto* subject = message.header("Subject"))
    report.subject = mail::readableHeader(subject->text());
}

std::chrono::microseconds since(Stopwatch::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(
      Stopwatch::now() - start);
}

}  // namespace

struct Session::Mail {
  Mail(Snapshot<Engine>::Ptr with, const std::string& spoolDirectory)
      : engine(std::move(with)),
        builder(spoolOptions(*engine, spoolDirectory)) {}

  Snapshot<Engine>::Ptr engine;
  mail::Envelope envelope;
  std::size_t recipientLimit = 0;
  std::size_t declaredSize = 0;
  std::string envelopeId;                  // ENVID=, as it was written.
  std::optional<Released> released;        // From DATA on, if it is.
  std::optional<Transaction> transaction;  // From DATA on.
  Inspection inspection;
  std::chrono::microseconds took{0};
  mail::MessageBuilder builder;
  std::size_t headerFields = 0;
  std::optional<Verdict> spoilt;  // Why it can no longer be accepted.

  void spoil(Verdict verdict) {
    if (spoilt) return;
    spoilt = std::move(verdict);
    builder = mail::MessageBuilder();  // Lets go of what was stored.
  }
};

Session::Session(Services& services, bool bodyComes)
    : services_(services), bodyComes_(bodyComes) {
  services_.tally.sessions += 1;
  services_.tally.sessionsTotal += 1;
}

Session::~Session() {
  abort();
  services_.tally.sessions -= 1;
}

void Session::connect(std::string_view name,
                      std::string_view address,
                      std::string_view daemon) {
  clientName_ = name;
  clientAddress_ = address;
  releases_ = daemon == kReleaseListener;
  origin_ = originOf(daemon);
}

void Session::helo(std::string_view name) {
  helo_ = name;
}

void Session::mailFrom(std::string_view sender,
                       const std::vector<std::string_view>& parameters,
                       std::string_view login) {
  mail_ =
      std::make_unique<Mail>(services_.engine.get(), services_.spoolDirectory);
  auto& envelope = mail_->envelope;
  envelope.clientAddress = clientAddress_;
  envelope.clientName = clientName_;
  envelope.helo = helo_;
  envelope.login = login;
  envelope.mailFrom = mail::withoutBrackets(sender);
  envelope.origin = origin_;
  mail_->declaredSize = declaredSize(parameters);
  mail_->envelopeId = envelopeId(parameters);
}

void Session::rcptTo(std::string_view recipient) {
  auto& mail = current();
  const auto limit = mail.engine->policy().settings().server.maxRecipients;
  // One more than allowed is enough to be refused for it.
  if (limit > 0 &&
      mail.envelope.recipients.size() > static_cast<std::size_t>(limit))
    return;
  mail.envelope.recipients.emplace_back(mail::withoutBrackets(recipient));
}

Verdict Session::data(std::string_view queueId) {
  const auto start = Stopwatch::now();
  auto& mail = current();
  mail.envelope.queueId = queueId;
  if (mail.engine->needsBody() && !bodyComes_)
    mail.spoil({Verdict::Kind::Defer,
                {421, "4.3.2", "Settings have changed, please connect again"},
                "the connection is older than the settings",
                {}});
  if (mail.spoilt) return finish(mail, *mail.spoilt, Report());
  // What is to be done about it, its header tells.
  if (origin_ != mail::Origin::Network) return Verdict::pass();
  if (auto refusal = releases_ ? admit(mail) : std::nullopt)
    return finish(mail, *std::move(refusal), Report());
  mail.transaction.emplace(mail.engine->policy(),
                           mail.envelope,
                           services_.clock.now(),
                           mail.declaredSize);
  mail.transaction->released = mail.released;
  Verdict verdict = mail.engine->onEnvelope(*mail.transaction, mail.inspection);
  mail.took = since(start);
  if (!verdict.final()) {
    mail.builder.onBytes(
        [&mail](std::string_view bytes) { mail.inspection.bytes(bytes); });
    return Verdict::pass();
  }
  // There is nothing yet that could be held.
  if (verdict.kind == Verdict::Kind::Quarantine)
    verdict = Verdict::defer("quarantine without a message");
  return finish(mail, std::move(verdict), Report());
}

void Session::header(std::string_view name, std::string_view value) {
  auto& mail = current();
  if (mail.spoilt) return;
  mail.headerFields += 1;
  if (mail.headerFields > HeaderLimits::kFields ||
      mail.builder.size() + value.size() > HeaderLimits::kBytes) {
    mail.spoil(tooLarge("the header has more than " +
                        std::to_string(HeaderLimits::kFields) + " fields or " +
                        std::to_string(HeaderLimits::kBytes) + " bytes"));
    return;
  }
  if (auto added = mail.builder.addHeader(name, value); !added)
    mail.spoil(unstorable(added.error()));
}

void Session::body(std::string_view chunk) {
  auto& mail = current();
  if (mail.spoilt) return;
  if (auto added = mail.builder.appendBody(chunk); !added)
    mail.spoil(unstorable(added.error()));
}

Verdict Session::endOfMessage(std::string_view queueId, Mta& mta) {
  const auto start = Stopwatch::now();
  auto& mail = current();
  if (mail.envelope.queueId.empty()) mail.envelope.queueId = queueId;
  Report report;
  // Without a body, what the client declared is the best that is known.
  report.size = bodyComes_ ? mail.builder.size()
                           : std::max(mail.declaredSize, mail.builder.size());
  Verdict verdict = mail.spoilt ? *mail.spoilt : judge(mail, report, mta);
  mail.took += since(start);
  return finish(mail, std::move(verdict), std::move(report));
}

void Session::abort() {
  if (!mail_) return;
  mail_.reset();
  services_.tally.aborted += 1;
}

void Session::spoil(std::string_view reason) {
  if (mail_) mail_->spoil(Verdict::defer(std::string(reason)));
}

Session::Mail& Session::current() {
  // Only an MTA that breaks the protocol comes here without MAIL FROM.
  if (!mail_) {
    mailFrom("", {}, "");
    spoil("a message without MAIL FROM");
  }
  return *mail_;
}

std::optional<Verdict> Session::admit(Mail& mail) {
  if (services_.quarantine == nullptr)
    return Verdict::defer("no quarantine to release from");
  auto admission =
      services_.quarantine->admit(mail.envelopeId, mail.envelope.recipients);
  if (!admission && admission.error().code == ErrorCode::Unavailable)
    return Verdict::defer("release: " + admission.error().what);
  if (!admission)
    return Verdict::reject({554, "5.7.1", "Nothing is released by this"},
                           "release: " + admission.error().what);
  mail.released = std::move(admission->released);
  admission->envelope.queueId = std::move(mail.envelope.queueId);
  admission->envelope.recipients = std::move(mail.envelope.recipients);
  mail.envelope = std::move(admission->envelope);
  mail.inspection.trace.push_back(
      {"release", Verdict::Kind::Pass, "of " + mail.released->id, {}});
  return std::nullopt;
}

Verdict Session::judge(Mail& mail, Report& report, Mta& mta) {
  if (!mail.transaction && origin_ == mail::Origin::Network)
    return Verdict::defer("a message without DATA");
  const auto message = std::move(mail.builder).finish(mail.envelope);
  if (!message) return unstorable(message.error());
  label(*message, report);
  Outcome outcome = ask(mail, *message);
  report.checkLines = outcome.checkLines;
  mail.inspection = std::move(outcome.inspection);
  Verdict verdict = std::move(outcome.verdict);
  if (verdict.kind == Verdict::Kind::Quarantine)
    verdict = hold(mail, *message, std::move(verdict), report);
  if (verdict.final()) return putLetters(mail, *message, std::move(verdict));
  if (auto applied = outcome.draft.applyTo(mta); !applied)
    return Verdict::defer(applied.error().what);
  Verdict settled = settle(mail, *message, outcome.draft, report, mta);
  if (settled.final()) return settled;
  noteCorrespondents(mail);
  return putLetters(mail, *message, std::move(verdict));
}

// What is not from the network has been asked nothing at DATA.
Outcome Session::ask(Mail& mail, const mail::Message& message) {
  const auto& engine = *mail.engine;
  const bool whole = origin_ != mail::Origin::Network;
  if (whole)
    mail.transaction.emplace(engine.policy(),
                             mail.envelope,
                             services_.clock.now(),
                             mail.declaredSize,
                             handlingOf(mail.envelope, message));
  auto& transaction = *mail.transaction;
  if (services_.quarantine != nullptr)
    transaction.keepAs = [&](std::string step, std::string found) {
      return services_.quarantine->idFor(engine.policy(),
                                         message,
                                         {.at = transaction.at,
                                          .step = std::move(step),
                                          .found = std::move(found)});
    };
  return whole ? engine.onWhole(transaction, message)
               : engine.onMessage(
                     transaction, message, std::move(mail.inspection));
}

// A letter that cannot be kept is not worth a message, unless it would have
// been all that is left of it.
Verdict Session::putLetters(const Mail& mail,
                            const mail::Message& message,
                            Verdict verdict) {
  if (services_.outbox == nullptr) return verdict;
  auto put = putRuleLetters(*services_.outbox,
                            *mail.transaction,
                            message,
                            mail.inspection,
                            verdict,
                            services_.clock.now());
  if (put) return verdict;
  if (verdict.kind == Verdict::Kind::Discard)
    return Verdict::defer("content_rules: " + put.error().what);
  log::warn("content_rules: " + put.error().what);
  return verdict;
}

// Whom this user has written to, now that it is sure.
void Session::noteCorrespondents(const Mail& mail) {
  const auto& known = mail.engine->backends().correspondents;
  if (known == nullptr || !mail.transaction->user) return;
  for (const auto& address : mail.inspection.findings.writesTo)
    known->note(mail.transaction->user->user, address);
}

// On the disk before the answer, or not accepted.
Verdict Session::hold(const Mail& mail,
                      const mail::Message& message,
                      Verdict verdict,
                      Report& report) {
  if (services_.quarantine == nullptr)
    return Verdict::defer("no quarantine: " + verdict.reason);
  // What was not asked for did not come.
  if (!bodyComes_) return Verdict::defer("quarantine without a body");
  const auto& trace = mail.inspection.trace;
  auto id = services_.quarantine->hold(
      mail.engine->policy(),
      message,
      reasonFor(mail,
                report,
                trace.empty() ? std::string() : trace.back().step,
                verdict.found,
                verdict.reason));
  if (!id) return Verdict::defer("quarantine: " + id.error().what);
  report.quarantineId = *std::move(id);
  return verdict;
}

Result<Done> Session::keep(const Mail& mail,
                           const mail::Message& message,
                           const Draft& draft,
                           Report& report) {
  const auto& wanted = draft.keptOriginal();
  if (!wanted) return Done{};
  if (services_.quarantine == nullptr)
    return Error{ErrorCode::Unavailable, "there is none"};
  auto why =
      reasonFor(mail, report, wanted->step, wanted->found, wanted->reason);
  why.id = wanted->id;
  auto id = services_.quarantine->hold(mail.engine->policy(), message, why);
  if (!id) return std::move(id).error();
  report.quarantineId = *std::move(id);
  return Done{};
}

HoldReason Session::reasonFor(const Mail& mail,
                              const Report& report,
                              std::string step,
                              std::string found,
                              std::string reason) const {
  return {.at = services_.clock.now(),
          .step = std::move(step),
          .found = std::move(found),
          .reason = std::move(reason),
          .code = report.code,
          .generation = mail.engine->generation()};
}

// The very last act: count, make sure that somebody is there to hear it, and
// keep what is to be kept: a client that is told to come again leaves nothing
// behind.
Verdict Session::settle(Mail& mail,
                        const mail::Message& message,
                        const Draft& draft,
                        Report& report,
                        Mta& mta) {
  Charged charged{Verdict::pass()};
  // What is released was counted, or not, when it came.
  if (!mail.released)
    charged = charge(
        *mail.transaction, report.size, services_.usage, mail.inspection.trace);
  if (charged.verdict.final()) return std::move(charged.verdict);
  std::string failure;
  if ((mail.released || charged.counted) && !mta.progress())
    failure = "the MTA was gone when the answer was ready";
  else if (auto kept = keep(mail, message, draft, report); !kept)
    failure = "quarantine: " + kept.error().what;
  if (failure.empty()) return std::move(charged.verdict);
  if (charged.counted) {
    services_.usage.giveBack(quotaUser(*mail.transaction),
                             static_cast<std::int64_t>(report.size));
    services_.tally.givenBack += 1;
  }
  return Verdict::defer(std::move(failure));
}

// A notice that cannot be kept is not worth a message.
void Session::putNotices(const Findings& findings, const Verdict& verdict) {
  if (services_.outbox == nullptr) return;
  const auto put = [this](const std::vector<store::Notice>& notices) {
    for (const auto& notice : notices)
      if (auto added = services_.outbox->add(notice); !added)
        log::warn("notice (" + notice.kind + "): " + added.error().what);
  };
  put(findings.warnings);
  if (!verdict.refuses()) put(findings.notices);
}

// A step that refuses a release leaves the last line, and says so in it.
void Session::noteObstacle(const Mail& mail, const Verdict& verdict) {
  const auto& trace = mail.inspection.trace;
  constexpr auto kReject = Verdict::Kind::Reject;
  if (!mail.released || verdict.kind != kReject || trace.empty() ||
      trace.back().says != kReject)
    return;
  services_.quarantine->obstruct(
      *mail.released,
      mail.envelope.recipients,
      {trace.back().step, verdict.found, verdict.reason});
}

Verdict Session::finish(Mail& mail, Verdict verdict, Report report) {
  report.at = services_.clock.now();
  // Whatever becomes of us, nobody loses a bounce for it.
  if (mail.envelope.origin == mail::Origin::Own && verdict.final())
    verdict = Verdict::pass("left as it is: " + verdict.reason);
  if (verdict.refuses())
    verdict.reply.text += " (reference " + report.code + ")";
  // What is deferred comes again, and is counted then; what is released was
  // counted when it came.
  const auto& evaluation = mail.inspection.findings.authentication.evaluation;
  if (evaluation && verdict.kind != Verdict::Kind::Defer && !mail.released)
    report.dmarc = dmarcRowOf(*evaluation,
                              mail.envelope,
                              report.subject,
                              mail.engine->policy().settings().dmarcReports);
  const auto* proven = mail.inspection.findings.proven;
  if (proven != nullptr && services_.hits != nullptr &&
      verdict.kind != Verdict::Kind::Defer)
    services_.hits->count("allow", proven->name, report.at);
  putNotices(mail.inspection.findings, verdict);
  noteObstacle(mail, verdict);
  report.envelope = std::move(mail.envelope);
  report.verdict = verdict;
  report.trace = std::move(mail.inspection.trace);
  report.generation = mail.engine->generation();
  report.took = mail.took;
  services_.tally.count(verdict.kind);
  services_.tally.bytes += report.size;
  mail_.reset();
  log::info(report.logLine());
  services_.record(std::move(report));
  return verdict;
}

}  // namespace mailreeve::milter
