#include "policyd/rules/greylist.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "policyd/greylist_sender.h"

namespace mailreeve::policyd {

namespace {

using config::GreylistAction;

constexpr std::string_view kUnknown = "unknown";  // Postfix' word for no name.

store::GreylistTerms termsOf(const config::Greylisting& settings) {
  using namespace std::chrono;
  return {seconds(settings.delaySeconds),
          hours(settings.retryHours),
          hours(settings.keepDays * 24),
          settings.autoPassAfter,
          static_cast<std::size_t>(settings.mostRecords)};
}

// RFC 5321 section 4.5.1 and RFC 2142: whoever has trouble writing to us must
// be able to say so.
bool isHelpDesk(std::string_view mailbox) {
  const auto local = mailbox.substr(0, mailbox.rfind('@'));
  return local == "postmaster" || local == "abuse";
}

bool fits(const std::string& pattern, std::string_view host) {
  if (host.empty() || host == kUnknown) return false;
  return pattern.starts_with("*.") ? matchesWildcard(pattern, host)
                                   : equalsIgnoringCase(pattern, host);
}

}  // namespace

Greylist::Greylist(directory::PolicyPtr policy, Asks asks)
    : policy_(std::move(policy)),
      asks_(std::move(asks)),
      settings_(policy_->settings().greylisting),
      terms_(termsOf(settings_)) {
  const auto& rules = settings_.rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].enabled) continue;
    const auto& where = rules[i].ip.empty() ? rules[i].network : rules[i].ip;
    if (!rules[i].host.empty())
      hosts_.emplace_back(lower(rules[i].host), i);
    else if (const auto network = parseNetwork(where))
      networks_.add(*network, static_cast<std::uint32_t>(i));
  }
  std::stable_sort(
      hosts_.begin(), hosts_.end(), [](const auto& a, const auto& b) {
        return a.first.size() > b.first.size();
      });
}

// Only a name that leads back to its address lets mail in: anybody can name
// his own address as he likes.
const config::GreylistRule* Greylist::ruleFor(const Question& question) const {
  if (question.subject.client) {
    const auto found = networks_.find(*question.subject.client);
    if (found != NetworkSet::kNone) return &settings_.rules[found];
  }
  for (const auto& [pattern, position] : hosts_) {
    const auto& rule = settings_.rules[position];
    if (fits(pattern, question.request.clientName)) return &rule;
    if (rule.action != GreylistAction::Allow &&
        fits(pattern, question.request.reverseClientName))
      return &rule;
  }
  return nullptr;
}

Greylist::Chosen Greylist::choose(const Question& question) const {
  if (const auto* rule = ruleFor(question))
    return {rule->action, "rule \"" + rule->name + "\""};
  return {settings_.defaultAction, "default"};
}

// Why the question is none of greylisting; empty: it is.
std::string Greylist::exception(const Question& question) const {
  const auto& recipient = question.subject.recipient;
  if (!settings_.enabled || !asks_.greylist) return "off";
  if (question.outbound) return "one of ours";
  if (!question.subject.client) return "no client address";
  if (recipient.null() || policy_->domainOf(recipient.domain()) == nullptr)
    return "not to us";
  if (isHelpDesk(recipient.mailbox)) return "to " + recipient.mailbox;
  // Who does not exist is refused for good, by Postfix, and never told to come
  // again.
  const auto exists =
      asks_.exists ? asks_.exists(recipient.mailbox) : std::optional(true);
  if (!exists) return "cannot know who exists";
  if (!*exists) return "no such recipient";
  return {};
}

Result<Opinion> Greylist::decide(const Question& question) const {
  if (auto why = exception(question); !why.empty())
    return Opinion{std::nullopt, std::move(why)};
  const Chosen chosen = choose(question);
  switch (chosen.action) {
    case GreylistAction::Allow:
      return Opinion{std::nullopt, chosen.by + " allows"};
    case GreylistAction::Block:
      return Opinion{Answer::reject("Refused by this server's rules"),
                     chosen.by + " blocks"};
    case GreylistAction::Greylist:
      break;
  }
  return ask(question);
}

SpfFact Greylist::spfOf(const Question& question) const {
  if (!asks_.facts) return {};
  return asks_.facts->spf(*question.subject.client,
                          question.request.heloName,
                          question.request.sender,
                          question.subject.at);
}

// Anybody can write an address that one of us wrote to: it earns nothing where
// SPF speaks against it.
bool Greylist::isAnswer(const Question& question, const SpfFact& fact) const {
  const auto& subject = question.subject;
  return asks_.hasWrittenTo &&
         policy_->settings().spam.correspondents.enabled &&
         !subject.sender.null() && fact.outcome != spf::Outcome::Fail &&
         fact.outcome != spf::Outcome::SoftFail &&
         asks_.hasWrittenTo(subject.recipient.mailbox, subject.sender.mailbox);
}

Opinion Greylist::ask(const Question& question) const {
  const auto& subject = question.subject;
  const Ip& client = *subject.client;
  if (policy_->isSigningNetwork(question.request.clientAddress))
    return {std::nullopt, "from a signing network"};
  if (asks_.facts)
    if (const auto zone = asks_.facts->listedIn(client, subject.at);
        !zone.empty())
      return {std::nullopt, "listed as good in " + zone};
  const SpfFact fact = spfOf(question);
  store::GreylistSender sender{
      {}, greylistSender(subject.sender.mailbox), subject.recipient.mailbox};
  // The best first.
  if (fact.outcome == spf::Outcome::Pass && !fact.domain.empty())
    sender.origins.push_back(fact.domain);
  sender.origins.push_back(networkOf(client));
  const auto answer = asks_.greylist(sender, terms_, subject.at);
  if (!answer) return {std::nullopt, "not greylisted: " + answer.error().what};
  std::string saw(store::name(answer->kind));
  saw += ", known by " + sender.origins.front();
  if (answer->passes()) return {std::nullopt, std::move(saw)};
  if (isAnswer(question, fact))
    return {std::nullopt, saw + ", but the recipient has written to it"};
  saw += ", " + std::to_string(answer->wait.count()) + " s to wait";
  return {Answer::tryAgain(answer->wait), std::move(saw)};
}

}  // namespace mailreeve::policyd
