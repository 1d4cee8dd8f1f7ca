#include "policyd/rules/quota_used_up.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/config/settings.h"

namespace mailreeve::policyd {

namespace {

bool limits(const config::UserSettings& settings) {
  return settings.dailyMessages.value_or(0) > 0 ||
         settings.dailyVolume.value_or(0) > 0;
}

// Permanent on purpose: after a 4xx the client would send it all at midnight,
// which is what the limit is to prevent when a password was stolen.
Opinion reached(std::int64_t used,
                const char* what,
                const directory::Effective<std::int64_t>& limit) {
  return {Answer::reject("Daily sending limit reached"),
          std::to_string(used) + " of " + std::to_string(limit.value) + " " +
              what + " a day (" + limit.from + ")"};
}

bool usedUp(std::int64_t used, std::int64_t limit) {
  return limit > 0 && used >= limit;
}

}  // namespace

bool anyDailyLimit(const config::Settings& settings) {
  return limits(settings.defaultPolicy) ||
         std::any_of(settings.policies.begin(),
                     settings.policies.end(),
                     [](const config::UserPolicy& policy) {
                       return limits(policy.settings);
                     }) ||
         std::any_of(settings.domains.begin(),
                     settings.domains.end(),
                     [](const config::Domain& domain) {
                       return domain.limits.dailyMessages > 0 ||
                              domain.limits.dailyVolume > 0;
                     });
}

QuotaUsedUp::QuotaUsedUp(directory::PolicyPtr policy, UsedToday usedToday)
    : policy_(std::move(policy)),
      usedToday_(std::move(usedToday)),
      concernsSomebody_(anyDailyLimit(policy_->settings())) {}

Result<Opinion> QuotaUsedUp::decide(const Question& question) const {
  const auto login = question.request.saslUsername;
  if (!concernsSomebody_) return Opinion{std::nullopt, "no limits"};
  if (login.empty()) return Opinion{std::nullopt, "no login"};
  const auto user = policy_->effective(login);
  const auto& messages = user.dailyMessages;
  const auto& bytes = user.dailyVolume;
  if (messages.value == 0 && bytes.value == 0)
    return Opinion{std::nullopt, user.user + " has no limit"};

  const auto used = usedToday_(user.user);
  if (!used) return used.error();
  if (usedUp(used->messages, messages.value))
    return reached(used->messages, "messages", messages);
  if (usedUp(used->bytes, bytes.value))
    return reached(used->bytes, "bytes", bytes);
  return Opinion{std::nullopt,
                 user.user + " has sent " + std::to_string(used->messages) +
                     " messages, " + std::to_string(used->bytes) + " bytes"};
}

}  // namespace mailreeve::policyd
