#include "mgmtd/cli/dry_run.h"

#include <ctime>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/mail/message_edit.h"
#include "core/store/recipients.h"
#include "core/store/unknown_recipients.h"
#include "core/store/written_correspondents.h"

namespace mailreeve::cli {

namespace {

policyd::UsedToday usedToday(const std::filesystem::path& counters,
                             const std::string& day) {
  return [counters, day](const std::string& user) -> Result<store::Usage> {
    std::error_code ignored;
    if (!std::filesystem::exists(counters, ignored))
      return store::Usage{user, day, 0, 0};
    auto all = store::listUsage(counters, day);
    if (!all) return std::move(all).error();
    for (auto& usage : *all)
      if (usage.user == user) return std::move(usage);
    return store::Usage{user, day, 0, 0};
  };
}

// What policyd would ask, of what it has written: nothing is noted.
Result<policyd::Asks> dryAsks(
    const directory::Policy& policy,
    const Paths& paths,
    const Clock& clock,
    std::shared_ptr<const policyd::ClientFacts> facts) {
  policyd::Asks asks{
      usedToday(paths.countersDatabase(), localDay(clock.now()))};
  asks.facts = std::move(facts);
  const auto& settings = policy.settings();
  if (!settings.greylisting.enabled &&
      settings.restrictions.unknownRecipients == 0)
    return asks;
  auto recipients = store::readRecipients(paths.stateDatabase());
  if (recipients)
    asks.exists = [all = *std::move(recipients)](
                      const std::string& mailbox) -> std::optional<bool> {
      return all.contains(mailbox);
    };
  else if (recipients.error().code == ErrorCode::NotFound)
    asks.exists = [](const std::string&) { return std::nullopt; };
  else
    return std::move(recipients).error();
  auto unknown = store::readUnknownRecipients(paths.countersDatabase());
  if (!unknown) return std::move(unknown).error();
  asks.countUnknown = [counts = *std::move(unknown)](const std::string& client,
                                                     TimePoint at,
                                                     bool another) {
    return counts->count(client, store::usageDay(at)) + (another ? 1 : 0);
  };
  auto greylist = store::readGreylist(paths.countersDatabase());
  if (!greylist) return std::move(greylist).error();
  asks.greylist = [list = *std::move(greylist)](
                      const store::GreylistSender& sender,
                      const store::GreylistTerms& terms,
                      TimePoint at) -> Result<store::GreylistAnswer> {
    return list->look(sender, terms, at);
  };
  asks.hasWrittenTo = [written = std::make_shared<store::WrittenCorrespondents>(
                           paths.countersDatabase(), clock),
                       keepDays = settings.spam.correspondents.keepDays](
                          const std::string& user, const std::string& address) {
    return written->knows(user, address, keepDays);
  };
  return asks;
}

std::string shortMessage(const Mail& mail) {
  return "From: <" + mail.from + ">\r\nTo: <" + join(mail.to, ">, <") +
         ">\r\nSubject: Test\r\nMIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n\r\nTest.\r\n";
}

mail::Envelope envelopeOf(const Mail& mail,
                          const std::vector<std::string>& recipients) {
  mail::Envelope envelope;
  envelope.queueId = "DRYRUN";
  envelope.clientAddress = mail.client;
  envelope.clientName = mail.clientName;
  envelope.helo = mail.helo;
  envelope.login = mail.login;
  envelope.mailFrom = mail.from;
  envelope.recipients = recipients;
  return envelope;
}

// Notes a step of Postfix's. True: it refuses.
bool tell(PostfixStep step, DryRun& result) {
  if (step.code != 0) {
    result.code = step.code;
    result.enhanced = std::move(step.enhanced);
    result.text = std::move(step.text);
    result.decidedBy = step.step.step;
  }
  result.steps.push_back(std::move(step.step));
  return step.code != 0;
}

policyd::Request requestOf(const Mail& mail, const std::string& recipient) {
  policyd::Request request;
  request.protocolState = "RCPT";
  request.clientAddress = mail.client;
  request.clientName = mail.clientName;
  request.reverseClientName = mail.clientName;
  request.heloName = mail.helo;
  request.saslUsername = mail.login;
  request.sender = mail.from;
  request.recipient = recipient;
  return request;
}

// Notes what policyd says of one recipient.
void tell(const policyd::Outcome& outcome,
          const std::string& recipient,
          DryRun& result) {
  for (const auto& step : outcome.steps)
    result.steps.push_back({"policyd",
                            recipient,
                            std::string(step.rule),
                            std::string(step.says),
                            step.saw,
                            step.took.count()});
  if (!outcome.answer.refuses()) return;
  result.code = outcome.answer.code;
  result.enhanced = outcome.answer.enhanced;
  result.text = outcome.answer.text;
  result.decidedBy = outcome.rule;
}

}  // namespace

Result<DryRunner> DryRunner::make(directory::PolicyPtr policy,
                                  const Paths& paths,
                                  const Clock& clock) {
  auto backends =
      milter::makeBackends(policy->settings(), clock, paths, nullptr);
  if (!backends) return std::move(backends).error();
  auto dry = std::make_shared<milter::Backends>(**backends);
  dry->dryRun = true;
  auto engine = milter::Engine::make(policy, "dry run", std::move(dry));
  if (!engine) return std::move(engine).error();
  std::shared_ptr<const policyd::ClientFacts> facts;
  if (policyd::asksDns(policy->settings()))
    facts = std::make_shared<const policyd::ClientFacts>(
        (*backends)->resolver,
        clock,
        policy->settings().server.hostname,
        policy->settings().greylisting.dnswl);
  auto asks = dryAsks(*policy, paths, clock, std::move(facts));
  if (!asks) return std::move(asks).error();
  return DryRunner(std::move(policy),
                   std::move(*engine),
                   (*backends)->resolver,
                   *std::move(asks),
                   paths,
                   clock);
}

DryRunner::DryRunner(directory::PolicyPtr policy,
                     std::shared_ptr<const milter::Engine> engine,
                     std::shared_ptr<dns::Resolver> resolver,
                     policyd::Asks asks,
                     const Paths& paths,
                     const Clock& clock)
    : policy_(std::move(policy)),
      now_(clock.now()),
      day_(localDay(now_)),
      counters_(paths.countersDatabase()),
      access_(std::make_shared<const directory::AccessLists>(policy_)),
      rules_(policyd::makeRules(policy_, std::move(asks))),
      engine_(std::move(engine)),
      resolver_(std::move(resolver)) {}

bool DryRunner::askPostscreen(const Mail& mail, DryRun& result) const {
  for (auto& each :
       postscreenSteps(*policy_, *access_, *resolver_, mail, now_)) {
    const bool refuses = tell(std::move(each), result);
    if (!refuses) continue;
    result.refused = mail.to;
    return true;
  }
  return false;
}

bool DryRunner::takesRecipient(
    const Mail& mail,
    const std::string& recipient,
    std::optional<std::vector<PostfixStep>>& restrictions,
    DryRun& result) const {
  if (auto step = relayStep(*policy_, mail, recipient))
    return !tell(*std::move(step), result);
  const auto outcome = rules_.judgeTimed(requestOf(mail, recipient), now_);
  tell(outcome, recipient, result);
  if (outcome.answer.refuses()) return false;
  // Restrictions stand behind policyd's word, and concern strangers.
  if (outcome.answer.kind != policyd::Answer::Kind::Pass ||
      policy_->isOutbound(mail.login, mail.client))
    return true;
  if (!restrictions)
    restrictions =
        restrictionSteps(policy_->settings().restrictions, *resolver_, mail);
  for (PostfixStep each : *restrictions) {
    each.step.recipient = recipient;
    if (tell(std::move(each), result)) return false;
  }
  return true;
}

Result<Done> DryRunner::askMilterd(const Mail& mail, DryRun& result) const {
  const std::string bytes =
      mail.message.empty() ? shortMessage(mail) : mail.message;
  auto message =
      mail::messageFromBytes(bytes, envelopeOf(mail, result.accepted));
  if (!message) return std::move(message).error().within("message");
  const auto usage = milter::dryRunUsage(counters_, day_);
  milter::Outcome outcome = engine_->judge(*message, now_, *usage);

  const milter::TraceLine* decided = nullptr;
  for (const auto& line : outcome.inspection.trace) {
    result.steps.push_back({"milterd",
                            "",
                            line.step,
                            std::string(milter::name(line.says)),
                            line.saw,
                            line.took.count()});
    if (line.says == outcome.verdict.kind) decided = &line;
  }
  for (const auto& address : outcome.draft.removedRecipients()) {
    std::erase(result.accepted, address);
    result.dropped.push_back(address);
  }
  using Kind = milter::Verdict::Kind;
  if (!outcome.verdict.final()) {
    for (const auto& added : outcome.draft.addedRecipients())
      result.copies.push_back(added.address);
    auto edited = outcome.draft.message();
    if (!edited) return std::move(edited).error().within("edit");
    result.leaves = (*edited)->bytes();
    return Done{};
  }
  if (decided != nullptr) result.decidedBy = decided->step;
  if (outcome.verdict.kind == Kind::Quarantine) {
    result.held.swap(result.accepted);
    return Done{};
  }
  if (outcome.verdict.kind == Kind::Discard) {
    result.dropped.insert(
        result.dropped.end(), result.accepted.begin(), result.accepted.end());
    result.accepted.clear();
    return Done{};
  }
  result.accepted.clear();
  result.code = outcome.verdict.reply.code;
  result.enhanced = outcome.verdict.reply.enhanced;
  result.text = outcome.verdict.reply.text;
  return Done{};
}

Result<DryRun> DryRunner::run(const Mail& mail) const {
  DryRun result;
  if (askPostscreen(mail, result)) return result;
  std::optional<std::vector<PostfixStep>> restrictions;
  for (const auto& recipient : mail.to)
    (takesRecipient(mail, recipient, restrictions, result) ? result.accepted
                                                           : result.refused)
        .push_back(recipient);
  if (result.accepted.empty()) return result;
  // Refused recipients do not make the message's own answer.
  result.code = 250;
  result.enhanced = "2.0.0";
  result.text = "Ok";
  result.decidedBy.clear();
  auto asked = askMilterd(mail, result);
  if (!asked) return std::move(asked).error();
  return result;
}

}  // namespace mailreeve::cli
