// The tables of logs.db, for the two files that use them.
#pragma once

#include "core/store/database.h"

namespace mailreeve::store {

[[nodiscard]] const Schema& eventSchema();

// Opens for writing, with the tables of DMARC reports. The log is worth a
// transaction, not an fsync each.
[[nodiscard]] Result<Database> openEvents(
    const std::filesystem::path& logsDatabase);

}  // namespace mailreeve::store
