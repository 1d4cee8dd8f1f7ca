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

// The subject stands before the text, so that a pattern may span neither.
std::vector<std::string> contents(const mail::Message& message) {
  auto texts = subjects(message);
  texts.push_back(content::textOf(message).text);
  return texts;
}

std::vector<std::string> textsFor(config::RuleTarget target,
                                  const std::string& header,
                                  const Transaction& transaction,
                                  const mail::Message& message) {
  std::vector<std::string> texts;
  switch (target) {
    case config::RuleTarget::Subject:
      return subjects(message);
    case config::RuleTarget::Content:
      return contents(message);
    case config::RuleTarget::Sender:
      return senders(transaction, message);
    case config::RuleTarget::Recipient:
      return transaction.envelope.recipients;
    case config::RuleTarget::Header:
      addFields(message, header, texts);
      return texts;
  }
  return texts;
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
  Decimal sum;
  std::vector<std::string> matched;
  std::vector<std::string> names;
  for (const auto& group : groups_) {
    std::vector<std::size_t> hits(group.rules.size());
    const auto texts =
        textsFor(group.target, group.header, transaction, message);
    for (const auto& text : texts)
      for (const auto index : group.patterns.find(text)) ++hits[index];
    for (std::size_t i = 0; i < hits.size(); ++i) {
      // What speaks for one recipient speaks for a message to him alone.
      const bool forAll = group.target == config::RuleTarget::Recipient &&
                          group.rules[i]->score < Decimal();
      if (hits[i] == 0 || (forAll && hits[i] < texts.size())) continue;
      sum += group.rules[i]->score;
      if (matched.size() == kMaxShown) continue;
      names.push_back(group.rules[i]->name);
      matched.push_back(names.back() + " (" + group.rules[i]->score.text() +
                        ")");
    }
  }
  if (matched.empty()) return Verdict::pass();
  const std::string saw = sum.text() + " of " + settings_.threshold.text() +
                          ": " + join(matched, ", ");
  if (sum <= settings_.threshold) return Verdict::pass(saw);
  findings.contentRules.rules = join(names, ", ");
  return act(saw, findings);
}

Verdict ContentRules::act(const std::string& saw, Findings& findings) const {
  const std::string found = "content rules";
  findings.contentRules.acted = true;
  findings.contentRules.notifySender = settings_.notifySender;
  findings.contentRules.forwardTo = settings_.forwardTo;
  switch (settings_.action) {
    case config::RulesAction::Quarantine:
      return Verdict::quarantine(saw, found);
    case config::RulesAction::Deliver:
      markContent(findings, found);
      return Verdict::mark(saw, found);
    case config::RulesAction::Delete:
      return Verdict::discard(saw, found);
    case config::RulesAction::Reject:
      return Verdict::reject(
          {554, "5.7.1", "Message refused by content policy"}, saw, found);
  }
  return Verdict::defer("an action nobody knows");
}

}  // namespace mailreeve::milter
