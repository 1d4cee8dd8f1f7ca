#include "milter/checks/content_rules.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/content/message_text.h"
#include "core/mail/header_text.h"
#include "milter/content_verdict.h"

namespace mailreeve::milter {

namespace {

constexpr std::size_t kMaxShown = 20;  // Rules named in one log line.
constexpr const char* kUnscannable = "unscannable text";

std::string expressionOf(const config::ContentRule& rule) {
  switch (rule.relation) {
    case config::RuleRelation::Contains:
      return pattern::containing(trim(rule.pattern));
    case config::RuleRelation::Equals:
      return pattern::equalTo(trim(rule.pattern));
    case config::RuleRelation::Regex:
      return rule.pattern;
  }
  return {};
}

std::string readable(const mail::Header& header) {
  return content::plainCharacters(mail::readableHeader(header.value));
}

// Each field called `name`.
void addFields(const mail::Message& message,
               std::string_view name,
               std::vector<std::string>& texts) {
  for (const auto* header : message.allHeaders(name))
    texts.push_back(readable(*header));
}

// The bare address of a From field, so that "equals" can mean it.
std::string addressIn(std::string_view field) {
  const auto open = field.rfind('<');
  const auto close = field.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos ||
      close < open)
    return std::string(trim(field));
  return std::string(trim(field.substr(open + 1, close - open - 1)));
}

std::vector<std::string> senders(const Transaction& transaction,
                                 const mail::Message& message) {
  std::vector<std::string> texts = {transaction.envelope.mailFrom};
  const std::size_t fields = texts.size();
  addFields(message, "From", texts);
  const std::size_t all = texts.size();
  for (std::size_t i = fields; i < all; ++i)
    texts.push_back(addressIn(texts[i]));
  return texts;
}

std::vector<std::string> subjects(const mail::Message& message) {
  std::vector<std::string> texts;
  addFields(message, "Subject", texts);
  return texts;
}

struct Texts {
  std::vector<std::string> texts;
  std::string unread;  // Why not all of it is among them; empty: it is.
};

// The subject stands before the text, so that a pattern may span neither.
Texts contents(const mail::Message& message) {
  Texts out{subjects(message), {}};
  auto text = content::textOf(message);
  out.texts.push_back(std::move(text.text));
  out.unread = std::move(text.unread);
  return out;
}

Texts textsFor(config::RuleTarget target,
               const std::string& header,
               const Transaction& transaction,
               const mail::Message& message) {
  Texts out;
  switch (target) {
    case config::RuleTarget::Subject:
      return {subjects(message), {}};
    case config::RuleTarget::Content:
      return contents(message);
    case config::RuleTarget::Sender:
      return {senders(transaction, message), {}};
    case config::RuleTarget::Recipient:
      return {transaction.envelope.recipients, {}};
    case config::RuleTarget::Header:
      addFields(message, header, out.texts);
      return out;
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<const ContentRules>> ContentRules::make(
    const config::ContentRules& settings) {
  struct Draft {
    config::RuleTarget target;
    std::string header;
    std::vector<const config::ContentRule*> rules;
    std::vector<pattern::Pattern> patterns;
  };

  std::vector<Draft> drafts;
  for (const auto& rule : settings.rules) {
    if (!rule.enabled) continue;
    const std::string header = lower(rule.header);
    auto draft = std::find_if(drafts.begin(), drafts.end(), [&](const auto& d) {
      return d.target == rule.target && d.header == header;
    });
    if (draft == drafts.end())
      draft = drafts.insert(draft, {rule.target, header, {}, {}});
    draft->rules.push_back(&rule);
    draft->patterns.push_back({expressionOf(rule), rule.caseSensitive});
  }
  auto check = std::unique_ptr<ContentRules>(new ContentRules(settings));
  for (auto& draft : drafts) {
    auto patterns = pattern::PatternSet::make(draft.patterns);
    if (!patterns) return std::move(patterns).error().within("content_rules");
    check->groups_.push_back({draft.target,
                              std::move(draft.header),
                              std::move(draft.rules),
                              *std::move(patterns)});
  }
  return std::unique_ptr<const ContentRules>(std::move(check));
}

bool ContentRules::needsBody() const {
  return settings_.enabled &&
         std::any_of(groups_.begin(), groups_.end(), [](const Group& group) {
           return group.target == config::RuleTarget::Content;
         });
}

Result<Verdict> ContentRules::onMessage(const Transaction& transaction,
                                        const mail::Message& message,
                                        Findings& findings) const {
  if (!settings_.enabled || !holdsFor(settings_.direction, transaction))
    return Verdict::pass();
  Found found;
  for (const auto& group : groups_) look(group, transaction, message, found);
  const std::string saw = words(found);
  Verdict verdict =
      found.sum > settings_.threshold ? act(saw) : Verdict::pass(saw);
  if (!found.unread.empty()) {
    auto unread = verdictFor(
        settings_.unscannable,
        {saw, kUnscannable, "Not all of the text of this message can be read"});
    if (unread.kind != Verdict::Kind::Pass)
      found.names.emplace_back(kUnscannable);
    if (unread.kind > verdict.kind) verdict = std::move(unread);
  }
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, verdict.found);
  if (verdict.kind != Verdict::Kind::Pass) tell(found, findings);
  return verdict;
}

void ContentRules::look(const Group& group,
                        const Transaction& transaction,
                        const mail::Message& message,
                        Found& found) {
  auto [texts, unread] =
      textsFor(group.target, group.header, transaction, message);
  if (!unread.empty()) found.unread = std::move(unread);
  std::vector<std::size_t> hits(group.rules.size());
  for (const auto& text : texts)
    for (const auto index : group.patterns.find(text)) ++hits[index];
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (hits[i] == 0) continue;
    const auto& rule = *group.rules[i];
    // What speaks for one recipient speaks for a message to him alone.
    if (group.target == config::RuleTarget::Recipient &&
        rule.score < Decimal() && hits[i] < texts.size()) {
      found.partly.push_back(rule.name);
      continue;
    }
    found.sum += rule.score;
    if (found.scored.size() == kMaxShown) continue;
    found.names.push_back(rule.name);
    found.scored.push_back(rule.name + " (" + rule.score.text() + ")");
  }
}

std::string ContentRules::words(const Found& found) const {
  std::vector<std::string> saw;
  if (!found.scored.empty())
    saw.push_back(found.sum.text() + " of " + settings_.threshold.text() +
                  ": " + join(found.scored, ", "));
  for (const auto& name : found.partly)
    if (saw.size() < kMaxShown)
      saw.push_back("rule \"" + name + "\" is not for all recipients");
  if (!found.unread.empty()) saw.push_back(found.unread);
  return join(saw, "; ");
}

Verdict ContentRules::act(std::string saw) const {
  const std::string found = "content rules";
  switch (settings_.action) {
    case config::RulesAction::Quarantine:
      return Verdict::quarantine(std::move(saw), found);
    case config::RulesAction::Deliver:
      return Verdict::mark(std::move(saw), found);
    case config::RulesAction::Delete:
      return Verdict::discard(std::move(saw), found);
    case config::RulesAction::Reject:
      return Verdict::reject(
          {554, "5.7.1", "Message refused by content policy"},
          std::move(saw),
          found);
  }
  return Verdict::defer("an action nobody knows");
}

void ContentRules::tell(const Found& found, Findings& findings) const {
  auto& outcome = findings.contentRules;
  outcome.acted = true;
  outcome.rules = join(found.names, ", ");
  outcome.notifySender = settings_.notifySender;
  outcome.forwardTo = settings_.forwardTo;
}

}  // namespace mailreeve::milter
