#include "milter/engine.h"

#include <algorithm>
#include <utility>

#include "core/config/settings.h"
#include "core/directory/access_lists.h"
#include "milter/checks/access_list.h"
#include "milter/checks/antivirus.h"
#include "milter/checks/arc.h"
#include "milter/checks/attachment_filter.h"
#include "milter/checks/attachment_size.h"
#include "milter/checks/content_rules.h"
#include "milter/checks/content_scan.h"
#include "milter/checks/correspondence.h"
#include "milter/checks/dkim.h"
#include "milter/checks/dmarc.h"
#include "milter/checks/header_form.h"
#include "milter/checks/hop_count.h"
#include "milter/checks/internal_only.h"
#include "milter/checks/message_size.h"
#include "milter/checks/recipient_count.h"
#include "milter/checks/spam.h"
#include "milter/checks/spf.h"
#include "milter/checks/structure.h"
#include "milter/edits/arc_seal.h"
#include "milter/edits/authentication_results.h"
#include "milter/edits/auto_bcc.h"
#include "milter/edits/disarm.h"
#include "milter/edits/discard_recipients.h"
#include "milter/edits/disclaimer.h"
#include "milter/edits/forged_fields.h"
#include "milter/edits/html_to_text.h"
#include "milter/edits/marks.h"
#include "milter/edits/sign.h"
#include "milter/edits/strip_attachments.h"
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
Result<Chain> makeChain(const directory::PolicyPtr& policy,
                        const Backends& backends) {
  const auto& settings = policy->settings();
  const auto& server = settings.server;
  auto& resolver = *backends.resolver;
  const auto lists = std::make_shared<const directory::AccessLists>(policy);
  auto disclaimer = Disclaimer::make(*policy);
  if (!disclaimer) return std::move(disclaimer).error();
  auto spam = Spam::make(*policy, backends);
  if (!spam) return std::move(spam).error();
  const bool wraps = settings.spam.report != config::SpamReport::None;
  auto contentRules = ContentRules::make(settings.contentRules);
  if (!contentRules) return std::move(contentRules).error();
  const auto html =
      settings.contentScan.enabled
          ? std::make_shared<const HtmlRules>(settings.contentScan)
          : nullptr;
  const auto keys =
      backends.keys ? backends.keys : std::make_shared<const KeyRing>();
  return Chain(
      inOrder<Check>(std::make_unique<HeaderForm>(),
                     std::make_unique<HopCount>(server.maxHops),
                     std::make_unique<RecipientCount>(server.maxRecipients),
                     std::make_unique<AccessList>(lists),
                     std::make_unique<InternalOnly>(),
                     std::make_unique<MessageSize>(server.maxMessageSize),
                     std::make_unique<AttachmentSize>(),
                     std::make_unique<Dkim>(settings, resolver, backends.clock),
                     std::make_unique<Arc>(settings, resolver, backends.clock),
                     std::make_unique<Dmarc>(settings, resolver),
                     // Decides at DATA, before all of these, or behind them.
                     std::make_unique<Spf>(settings, resolver, backends.clock),
                     std::make_unique<AttachmentFilter>(*policy),
                     std::make_unique<Structure>(settings.structure),
                     std::make_unique<ContentScan>(html),
                     std::make_unique<Antivirus>(policy->settings().antivirus,
                                                 backends.scanner),
                     *std::move(spam),
                     *std::move(contentRules),
                     std::make_unique<Correspondence>()),
      inOrder<Edit>(
          // Reads the header as it came, before there is another.
          std::make_unique<ForgedFields>(ForgedFields::LookedFor{
              settings.spam.enabled,
              settings.antivirus.engine != config::AntivirusEngine::None}),
          std::make_unique<AuthenticationResults>(authservId(settings)),
          std::make_unique<DiscardRecipients>(lists),
          std::make_unique<StripAttachments>(settings.attachments.note),
          std::make_unique<HtmlToText>(settings.contentScan.unscannable),
          std::make_unique<Disarm>(html),
          std::make_unique<ApplyMarks>(wraps),
          *std::move(disclaimer),
          std::make_unique<AutoBcc>(*policy),
          // Behind everything else that changes the message.
          std::make_unique<ArcSeal>(*policy, keys, backends.clock),
          std::make_unique<Sign>(*policy, keys, backends.clock)));
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

Result<std::shared_ptr<const Engine>> Engine::make(
    directory::PolicyPtr policy,
    std::string generation,
    std::shared_ptr<const Backends> backends) {
  auto chain = makeChain(policy, *backends);
  if (!chain) return std::move(chain).error();
  return std::shared_ptr<const Engine>(new Engine(std::move(policy),
                                                  std::move(generation),
                                                  std::move(backends),
                                                  *std::move(chain)));
}

Engine::Engine(directory::PolicyPtr policy,
               std::string generation,
               std::shared_ptr<const Backends> backends,
               Chain chain)
    : policy_(std::move(policy)),
      generation_(std::move(generation)),
      backends_(std::move(backends)),
      chain_(std::move(chain)),
      needsBody_(chain_.needsBody() || looksAtBodies(policy_->settings())) {}

Verdict Engine::onEnvelope(const Transaction& transaction,
                           Inspection& inspection) const {
  return chain_.onEnvelope(transaction, inspection);
}

Outcome Engine::onMessage(const Transaction& transaction,
                          const mail::Message& message,
                          Inspection inspection) const {
  Outcome outcome(message);
  outcome.inspection = std::move(inspection);
  outcome.verdict = chain_.onMessage(transaction, message, outcome.inspection);
  outcome.checkLines = outcome.inspection.trace.size();
  if (outcome.verdict.final()) return outcome;
  auto edited = chain_.edit(transaction, outcome.inspection, outcome.draft);
  if (edited.kind > outcome.verdict.kind) outcome.verdict = std::move(edited);
  // A report that cannot be signed is better than none.
  if (transaction.handling == Handling::Signed && outcome.verdict.final())
    outcome.verdict = Verdict::pass("unsigned: " + outcome.verdict.reason);
  return outcome;
}

Outcome Engine::onWhole(const Transaction& transaction,
                        const mail::Message& message) const {
  Inspection inspection;
  Verdict verdict = onEnvelope(transaction, inspection);
  if (verdict.final()) {
    Outcome outcome(message);
    outcome.verdict = std::move(verdict);
    outcome.checkLines = inspection.trace.size();
    outcome.inspection = std::move(inspection);
    return outcome;
  }
  inspection.bytes(message.bytes());
  return onMessage(transaction, message, std::move(inspection));
}

Outcome Engine::judge(const mail::Message& message,
                      TimePoint at,
                      store::UsageCounter& usage) const {
  const Transaction transaction(*policy_, message.envelope(), at);
  Outcome outcome = onWhole(transaction, message);
  if (outcome.verdict.final()) return outcome;
  auto charged = charge(
      transaction, message.bytes().size(), usage, outcome.inspection.trace);
  if (charged.verdict.final()) outcome.verdict = std::move(charged.verdict);
  return outcome;
}

}  // namespace mailreeve::milter
