// Every address that mail is taken for, read out of state.db at once.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_set>

#include "core/base/result.h"

namespace mailreeve::store {

// local@main-domain of accounts that are enabled and of aliases; "@domain" for
// a domain in which every address exists. NotFound when there is no database.
[[nodiscard]] Result<std::unordered_set<std::string>> readRecipients(
    const std::filesystem::path& stateDatabase);

}  // namespace mailreeve::store
