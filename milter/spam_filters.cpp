#include "milter/spam_filters.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/directory/address_patterns.h"

namespace mailreeve::milter {

namespace {

bool fits(const std::string& pattern, const Party& party) {
  // The empty pattern is the null sender, which no other one fits.
  if (pattern.empty() || party.keys.null())
    return pattern.empty() && party.keys.null();
  return matchesWildcard(pattern, party.keys.full) ||
         matchesWildcard(pattern, party.keys.mailbox);
}

}  // namespace

SpamFilters::SpamFilters(const directory::Policy& policy) {
  for (const auto& filter : policy.settings().spam.filters) {
    if (!filter.enabled) continue;
    const bool ofSender = !filter.sender.empty();
    filters_.push_back(
        {filter.name,
         directory::patternKey(policy,
                               ofSender ? filter.sender : filter.recipient),
         ofSender,
         filter.verdict});
  }
}

std::optional<SpamFilters::Decision> SpamFilters::decide(
    const Transaction& transaction, bool forged) const {
  if (filters_.empty() || transaction.recipients.empty()) return std::nullopt;
  // The sender is the same for all recipients: looked at once.
  std::vector<bool> ofSender(filters_.size(), false);
  for (std::size_t i = 0; i < filters_.size(); ++i)
    ofSender[i] =
        filters_[i].ofSender &&
        (!forged || filters_[i].verdict == config::SpamVerdict::Spam) &&
        fits(filters_[i].pattern, transaction.sender);

  const Filter* none = nullptr;
  bool all = true;
  for (const auto& recipient : transaction.recipients) {
    const Filter* filter = firstFor(recipient, ofSender);
    if (filter == nullptr)
      all = false;
    else if (filter->verdict == config::SpamVerdict::Spam)
      return Decision{filter->verdict, filter->name, true};
    else
      none = filter;
  }
  if (none == nullptr) return std::nullopt;
  return Decision{none->verdict, none->name, all};
}

const SpamFilters::Filter* SpamFilters::firstFor(
    const Party& recipient, const std::vector<bool>& ofSender) const {
  for (std::size_t i = 0; i < filters_.size(); ++i)
    if (ofSender[i] ||
        (!filters_[i].ofSender && fits(filters_[i].pattern, recipient)))
      return &filters_[i];
  return nullptr;
}

Result<SpamKeywords> SpamKeywords::make(const config::Spam& settings) {
  auto subject = targetOf(settings, config::KeywordTarget::Subject);
  if (!subject) return std::move(subject).error();
  auto content = targetOf(settings, config::KeywordTarget::Content);
  if (!content) return std::move(content).error();
  return SpamKeywords(*std::move(subject), *std::move(content));
}

Result<SpamKeywords::Target> SpamKeywords::targetOf(
    const config::Spam& settings, config::KeywordTarget target) {
  std::vector<pattern::Pattern> patterns;
  std::vector<Rule> rules;
  for (const auto& group : settings.keywordGroups) {
    if (!group.enabled) continue;
    for (std::size_t i = 0; i < group.keywords.size(); ++i) {
      const auto& keyword = group.keywords[i];
      if (keyword.target != target) continue;
      patterns.push_back({keyword.pattern, keyword.caseSensitive});
      rules.push_back(
          {keyword.score, group.name + "/" + std::to_string(i + 1)});
    }
  }
  auto set = pattern::PatternSet::make(patterns);
  if (!set) return std::move(set).error().within("spam.keyword_groups");
  return Target{*std::move(set), std::move(rules)};
}

SpamKeywords::Found SpamKeywords::find(std::string_view subject,
                                       std::string_view content) const {
  Found found;
  const auto add = [&found](const Target& target, std::string_view text) {
    for (const auto index : target.patterns.find(text)) {
      found.score += target.rules[index].score;
      found.names.push_back(target.rules[index].name);
    }
  };
  add(subject_, subject);
  if (!content_.rules.empty())
    add(content_, std::string(subject).append("\n").append(content));
  return found;
}

}  // namespace mailreeve::milter
