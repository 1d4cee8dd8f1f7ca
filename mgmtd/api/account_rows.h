// Accounts as JSON: out of the database, and new ones checked on their way in.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/directory/policy.h"
#include "core/store/accounts.h"

namespace mailreeve::api {

[[nodiscard]] nlohmann::json toJson(const store::Account& account);

struct StoredPassword {
  std::string password;
  std::string scram;  // Empty unless the settings ask for it.
};

// Both as mgmtctl made them, or a hash of another system.
[[nodiscard]] Result<StoredPassword> storedPassword(
    const std::string& hash,
    const std::string& scram,
    const directory::Policy& policy);

struct ReadAccount {
  store::NewAccount account;
  std::vector<std::string> warnings;
};

// {"address", "password", "scram", "display_name", "enabled"}
[[nodiscard]] Result<ReadAccount> readNewAccount(
    const nlohmann::json& row, const directory::Policy& policy);

}  // namespace mailreeve::api
