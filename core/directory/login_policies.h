// What Dovecot is to know of the user policies, worked out for the accounts
// there are.
#pragma once

#include <string>
#include <vector>

#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/directory/policy.h"

namespace mailreeve::directory {

// The snapshot's bytes. `accounts` are addresses in main domains. An account
// that is not among them gets what a policy for everybody or the default
// policy says, so the file is to be written again when an account is added.
[[nodiscard]] Result<std::string> loginSnapshotOf(
    const Policy& policy, const std::vector<std::string>& accounts);

// Replaces Paths::loginPolicy(); Dovecot sees it at the next login.
[[nodiscard]] Result<Done> writeLoginPolicy(
    const Paths& paths,
    const Policy& policy,
    const std::vector<std::string>& accounts);

}  // namespace mailreeve::directory
