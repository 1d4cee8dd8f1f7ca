#include "core/directory/policy.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/config/load.h"
#include "core/mail/address.h"

namespace mailreeve::directory {

namespace {

using config::Settings;
using config::UserPolicy;
using config::UserSettings;

std::string_view domainPart(std::string_view address) {
  const auto sign = address.rfind('@');
  return sign == std::string_view::npos ? std::string_view{}
                                        : address.substr(sign + 1);
}

std::string domainKeyOrLower(std::string_view domain) {
  auto key = mail::domainKey(domain);
  return key ? std::move(*key) : lower(domain);
}

NetworkSet networkSet(const std::vector<std::string>& networks) {
  NetworkSet set;
  for (const auto& text : networks)
    if (const auto network = parseNetwork(text)) set.add(*network);
  return set;
}

// Postfix relays for this host itself whatever the settings say.
NetworkSet withLoopback(NetworkSet set) {
  for (const char* network : {"127.0.0.0/8", "::1/128"})
    set.add(*parseNetwork(network));
  return set;
}

// Picks a setting from the rules that may decide it, most special first.
class Resolver {
 public:
  Resolver(const UserPolicy* policy,
           const config::Domain* domain,
           const UserSettings& fallback)
      : policy_(policy), domain_(domain), fallback_(fallback) {}

  // What only policies decide.
  template <class T>
  [[nodiscard]] Effective<T> pick(std::optional<T> UserSettings::*field,
                                  T builtIn) const {
    if (policy_ != nullptr && policy_->settings.*field)
      return {*(policy_->settings.*field), "policy " + policy_->name};
    if (fallback_.*field) return {*(fallback_.*field), "default policy"};
    return {builtIn, "built in"};
  }

  // What falls through to the domain when no policy decides it.
  template <class T>
  [[nodiscard]] Effective<T> pickByDomain(std::optional<T> UserSettings::*field,
                                          T domainValue) const {
    Effective<T> picked = pick(field, domainValue);
    if (picked.from == "built in" && domain_ != nullptr)
      picked.from = "domain " + domain_->name;
    return picked;
  }

 private:
  const UserPolicy* policy_;
  const config::Domain* domain_;
  const UserSettings& fallback_;
};

Effective<std::int64_t> smallerSize(const Settings& settings,
                                    const config::Domain* domain) {
  const std::int64_t server = settings.server.maxMessageSize;
  if (domain != nullptr && domain->limits.messageSize > 0 &&
      domain->limits.messageSize < server)
    return {domain->limits.messageSize, "domain " + domain->name};
  return {server, "server"};
}

}  // namespace

Policy::~Policy() = default;

Policy::Policy(Settings settings)
    : settings_(std::make_unique<const Settings>(std::move(settings))),
      local_(networkSet(settings_->networks.local)),
      trusted_(withLoopback(networkSet(settings_->networks.trusted))),
      signing_(networkSet(settings_->dkim.networks)) {
  for (std::size_t i = 0; i < settings_->domains.size(); ++i) {
    mainKeys_.push_back(domainKeyOrLower(settings_->domains[i].name));
    domains_.emplace(mainKeys_.back(), i);
    for (const auto& name : settings_->domains[i].additional)
      domains_.emplace(domainKeyOrLower(name), i);
  }
  for (std::size_t i = 0; i < settings_->policies.size(); ++i) {
    for (const auto& user : settings_->policies[i].users) {
      if (user.find('*') == std::string::npos)
        exactPolicies_.emplace(mailboxKey(user), i);
      else
        wildcardPolicies_.emplace_back(user, i);
    }
  }
}

std::optional<std::size_t> Policy::findDomain(std::string_view domain) const {
  const auto found = mail::isDomainKey(domain)
                         ? domains_.find(domain)
                         : domains_.find(domainKeyOrLower(domain));
  if (found == domains_.end()) return std::nullopt;
  return found->second;
}

const config::Domain* Policy::domainOf(std::string_view domain) const {
  const auto found = findDomain(domain);
  return found ? &settings_->domains[*found] : nullptr;
}

const config::Domain* Policy::domainOfAddress(std::string_view address) const {
  return domainOf(domainPart(address));
}

std::string Policy::mailboxKey(std::string_view address) const {
  std::string key = mail::addressKey(address);
  const auto domain = findDomain(domainPart(key));
  if (!domain) return key;
  key.resize(key.rfind('@') + 1);
  key += mainKeys_[*domain];
  return key;
}

bool Policy::isLocalNetwork(std::string_view ip) const {
  return local_.contains(ip);
}

bool Policy::isOutbound(std::string_view login, std::string_view ip) const {
  if (!login.empty()) return true;
  return trusted_.contains(ip) ||
         (settings_->authentication.skipForLocalNetworks && isLocalNetwork(ip));
}

bool Policy::isSigningNetwork(std::string_view ip) const {
  return signing_.contains(ip);
}

const UserPolicy* Policy::policyFor(const std::string& user) const {
  std::size_t first = settings_->policies.size();
  if (const auto found = exactPolicies_.find(user);
      found != exactPolicies_.end())
    first = found->second;
  for (const auto& [pattern, index] : wildcardPolicies_)
    if (index < first && matchesWildcard(pattern, user)) first = index;
  return first < settings_->policies.size() ? &settings_->policies[first]
                                            : nullptr;
}

EffectiveUser Policy::effective(std::string_view user) const {
  EffectiveUser out;
  out.user = mailboxKey(user);
  const UserPolicy* policy = policyFor(out.user);
  if (policy != nullptr) out.policy = policy->name;

  const config::Domain* domain = domainOfAddress(out.user);
  const config::Domain none;
  const config::Domain& d = domain != nullptr ? *domain : none;
  const Resolver resolve(policy, domain, settings_->defaultPolicy);
  using S = UserSettings;
  out.autoForwarding =
      resolve.pickByDomain(&S::autoForwarding, d.autoForwarding);
  out.dailyMessages =
      resolve.pickByDomain(&S::dailyMessages, d.limits.dailyMessages);
  out.dailyVolume = resolve.pickByDomain(&S::dailyVolume, d.limits.dailyVolume);
  out.attachmentSize =
      resolve.pickByDomain(&S::attachmentSize, d.limits.attachmentSize);
  out.messageSize = smallerSize(*settings_, domain);
  out.internalOnly = resolve.pick(&S::internalOnly, false);
  // What a script forwards passes no check of ours: it would lead outside.
  if (out.internalOnly.value)
    out.autoForwarding = {false, out.internalOnly.from};
  out.imap = resolve.pick(&S::imap, true);
  out.imapLanOnly = resolve.pick(&S::imapLanOnly, false);
  out.pop3 = resolve.pick(&S::pop3, true);
  out.pop3LanOnly = resolve.pick(&S::pop3LanOnly, false);
  out.managesieve = resolve.pick(&S::managesieve, true);
  out.managesieveLanOnly = resolve.pick(&S::managesieveLanOnly, false);
  out.smtp = resolve.pick(&S::smtp, true);
  out.smtpLanOnly = resolve.pick(&S::smtpLanOnly, false);
  out.spamThreshold = spamThreshold(out.user);
  return out;
}

Effective<Decimal> Policy::spamThreshold(std::string_view user) const {
  const config::Domain* domain = domainOfAddress(user);
  const Decimal server = settings_->spam.threshold;
  if (domain == nullptr) return {server, "server"};
  const UserPolicy* policy = policyFor(mailboxKey(user));
  const Resolver resolve(policy, domain, settings_->defaultPolicy);
  auto found = resolve.pickByDomain(&UserSettings::spamThreshold,
                                    domain->spamThreshold.value_or(server));
  if (!domain->spamThreshold && found.from == "domain " + domain->name)
    found.from = "server";
  return found;
}

Result<PolicyPtr> loadPolicy(const std::filesystem::path& directory) {
  auto loaded = config::load(directory, config::Secrets::Leave);
  if (!loaded.ok()) {
    std::string all;
    for (const auto& problem : loaded.problems)
      all += (all.empty() ? "" : "; ") + problem.text();
    return Error{ErrorCode::Invalid, std::move(all)};
  }
  return std::make_shared<const Policy>(std::move(loaded.settings));
}

}  // namespace mailreeve::directory
