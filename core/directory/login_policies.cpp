#include "core/directory/login_policies.h"

#include "core/base/file.h"
#include "core/config/settings.h"
#include "core/directory/login_snapshot.h"

namespace mailreeve::directory {

namespace {

LoginAccess access(bool allowed, bool lanOnly) {
  if (!allowed) return LoginAccess::Off;
  return lanOnly ? LoginAccess::Lan : LoginAccess::Allow;
}

LoginPolicy loginPolicyOf(const EffectiveUser& user) {
  return {access(user.imap.value, user.imapLanOnly.value),
          access(user.pop3.value, user.pop3LanOnly.value),
          access(user.managesieve.value, user.managesieveLanOnly.value),
          access(user.smtp.value, user.smtpLanOnly.value),
          user.autoForwarding.value};
}

}  // namespace

Result<std::string> loginSnapshotOf(const Policy& policy,
                                    const std::vector<std::string>& accounts) {
  const auto fallback = loginPolicyOf(policy.effective(""));
  LoginPolicies users;
  for (const auto& account : accounts) {
    const auto own = loginPolicyOf(policy.effective(account));
    if (own != fallback) users.emplace_back(account, own);
  }
  return encodeLoginSnapshot(
      fallback, policy.settings().networks.local, std::move(users));
}

Result<Done> writeLoginPolicy(const Paths& paths,
                              const Policy& policy,
                              const std::vector<std::string>& accounts) {
  auto bytes = loginSnapshotOf(policy, accounts);
  if (!bytes) return std::move(bytes).error().within("login policy");
  return replaceFile(paths.loginPolicy(), *bytes, 0644);
}

}  // namespace mailreeve::directory
