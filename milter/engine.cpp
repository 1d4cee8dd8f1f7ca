#include "milter/engine.h"

#include <algorithm>
#include <utility>

#include "core/directory/access_lists.h"
#include "milter/checks/access_list.h"
#include "milter/checks/attachment_size.h"
#include "milter/checks/hop_count.h"
#include "milter/checks/internal_only.h"
#include "milter/checks/message_size.h"
#include "milter/checks/recipient_count.h"
#include "milter/edits/auto_bcc.h"
#include "milter/edits/discard_recipients.h"
#include "milter/edits/disclaimer.h"
#include "milter/quota.h"

namespace mailreeve::milter {

namespace {

template <class Step, class... Steps>
std::vector<std::unique_ptr<const Step>> inOrder(Steps... steps) {
  std::vector<std::unique_ptr<const Step>> list;
  (list.push_back(std::move(steps)), ...);
  return list;
}

// What happens to a message, from top to bottom: milterd's table of contents.
// The daily quota is not among them: it is charged behind the last edit.
Result<Chain> makeChain(const directory::PolicyPtr& policy) {
  const auto& server = policy->settings().server;
  const auto lists = std::make_shared<const directory::AccessLists>(policy);
  auto disclaimer = Disclaimer::make(*policy);
  if (!disclaimer) return std::move(disclaimer).error();
  return Chain(
      inOrder<Check>(std::make_unique<HopCount>(server.maxHops),
                     std::make_unique<RecipientCount>(server.maxRecipients),
                     std::make_unique<AccessList>(lists),
                     std::make_unique<InternalOnly>(),
                     std::make_unique<MessageSize>(server.maxMessageSize),
                     std::make_unique<AttachmentSize>()),
      inOrder<Edit>(std::make_unique<DiscardRecipients>(lists),
                    *std::move(disclaimer),
                    std::make_unique<AutoBcc>(*policy)));
}

// The server's own limit is not asked for: Postfix holds it by itself.
bool looksAtBodies(const config::Domain& domain) {
  const auto& limits = domain.limits;
  return limits.messageSize > 0 || limits.attachmentSize > 0 ||
         limits.dailyVolume > 0 ||
         std::any_of(domain.disclaimers.begin(),
                     domain.disclaimers.end(),
                     [](const auto& disclaimer) { return disclaimer.enabled; });
}

bool looksAtBodies(const config::UserSettings& user) {
  return user.attachmentSize.value_or(0) > 0 ||
         user.dailyVolume.value_or(0) > 0;
}

bool looksAtBodies(const config::Settings& settings) {
  return std::any_of(
             settings.domains.begin(),
             settings.domains.end(),
             [](const auto& domain) { return looksAtBodies(domain); }) ||
         std::any_of(settings.policies.begin(),
                     settings.policies.end(),
                     [](const auto& p) { return looksAtBodies(p.settings); }) ||
         looksAtBodies(settings.defaultPolicy);
}

}  // namespace

Result<std::shared_ptr<const Engine>> Engine::make(directory::PolicyPtr policy,
                                                   std::string generation) {
  auto chain = makeChain(policy);
  if (!chain) return std::move(chain).error();
  return std::shared_ptr<const Engine>(
      new Engine(std::move(policy), std::move(generation), *std::move(chain)));
}

Engine::Engine(directory::PolicyPtr policy, std::string generation, Chain chain)
    : policy_(std::move(policy)),
      generation_(std::move(generation)),
      chain_(std::move(chain)),
      needsBody_(looksAtBodies(policy_->settings())) {}

Verdict Engine::onEnvelope(const Transaction& transaction, Trace& trace) const {
  return chain_.onEnvelope(transaction, trace);
}

Outcome Engine::onMessage(const Transaction& transaction,
                          const mail::Message& message,
                          Trace trace) const {
  Outcome outcome;
  outcome.trace = std::move(trace);
  outcome.verdict = chain_.onMessage(transaction, message, outcome.trace);
  outcome.checkLines = outcome.trace.size();
  if (!outcome.verdict.final())
    outcome.verdict =
        chain_.edit(transaction, message, outcome.draft, outcome.trace);
  return outcome;
}

Outcome Engine::judge(const mail::Message& message,
                      TimePoint at,
                      store::UsageCounter& usage) const {
  const Transaction transaction(*policy_, message.envelope(), at);
  Trace trace;
  Verdict verdict = onEnvelope(transaction, trace);
  if (verdict.final()) {
    const std::size_t lines = trace.size();
    return {std::move(verdict), std::move(trace), lines, {}};
  }
  Outcome outcome = onMessage(transaction, message, std::move(trace));
  if (!outcome.verdict.final())
    outcome.verdict =
        charge(transaction, message.bytes().size(), usage, outcome.trace)
            .verdict;
  return outcome;
}

}  // namespace mailreeve::milter
