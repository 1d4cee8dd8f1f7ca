// Writes the login policy snapshot: what Dovecot's auth and Sieve processes
// know of the user policies. The format, and what the reader demands, is drawn
// in dovecot-plugin/policy/login_policy_format.h.
//
// Only bytes are made here. Whoever stores them must replace the file by
// rename (replaceFile), mode 0644: Dovecot's auth process and the mail users'
// own processes both read it.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::directory {

enum class LoginAccess {
  Allow,
  Off,
  Lan,  // Only from one of the LAN networks.
};

struct LoginPolicy {
  LoginAccess imap = LoginAccess::Allow;
  LoginAccess pop3 = LoginAccess::Allow;
  LoginAccess sieve = LoginAccess::Allow;
  LoginAccess smtp = LoginAccess::Allow;
  bool forwarding = true;  // Sieve redirects and mailto notifications.

  friend bool operator==(const LoginPolicy&, const LoginPolicy&) = default;
};

// A user is named as Dovecot names the account after its database lookups:
// the mailbox's own address, never one of its aliases. Case is folded.
using LoginPolicies = std::vector<std::pair<std::string, LoginPolicy>>;

// `fallback` governs users not listed. `lan` holds addresses and networks,
// as parseNetwork takes them. `users` may come in any order; a name may not
// come twice. At most 1,000,000 users and 1,024 networks.
[[nodiscard]] Result<std::string> encodeLoginSnapshot(
    const LoginPolicy& fallback,
    std::span<const std::string> lan,
    LoginPolicies users);

}  // namespace mailreeve::directory
