// Domains and aliases as rows of state.db, where Postfix and Dovecot ask.
#pragma once

#include <vector>

#include "core/config/settings.h"
#include "core/store/accounts.h"

namespace mailreeve::apply {

struct DirectoryRows {
  std::vector<store::DomainRow> domains;
  std::vector<store::AliasRow> aliases;
};

// Names in the form that is compared: lower case, A-labels, additional domains
// replaced by their main one.
[[nodiscard]] Result<DirectoryRows> directoryRowsOf(
    const config::Settings& settings);

}  // namespace mailreeve::apply
