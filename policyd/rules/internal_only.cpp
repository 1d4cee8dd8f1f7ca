#include "policyd/rules/internal_only.h"

#include <algorithm>
#include <utility>

#include "core/config/settings.h"

namespace mailreeve::policyd {

namespace {

bool concerns(const config::Settings& settings) {
  return settings.defaultPolicy.internalOnly.value_or(false) ||
         std::any_of(settings.policies.begin(),
                     settings.policies.end(),
                     [](const config::UserPolicy& policy) {
                       return policy.settings.internalOnly.value_or(false);
                     });
}

}  // namespace

InternalOnly::InternalOnly(directory::PolicyPtr policy)
    : policy_(std::move(policy)),
      concernsSomebody_(concerns(policy_->settings())) {}

Result<Opinion> InternalOnly::decide(const Question& question) const {
  const auto& recipient = question.subject.recipient;
  if (!concernsSomebody_) return Opinion{std::nullopt, "nobody is"};
  if (question.user.empty()) return Opinion{std::nullopt, "from outside"};
  if (recipient.null()) return Opinion{std::nullopt, "no recipient"};
  if (policy_->domainOf(recipient.domain()) != nullptr)
    return Opinion{std::nullopt, "to one of ours"};
  const auto user = policy_->effective(question.user);
  if (!user.internalOnly.value)
    return Opinion{std::nullopt, user.user + " may write to anybody"};
  return Opinion{
      Answer::reject("You may send to internal recipients only"),
      user.user + " is internal only (" + user.internalOnly.from + ")"};
}

}  // namespace mailreeve::policyd
