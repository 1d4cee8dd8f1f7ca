// The tables of the quarantine in state.db, for the files that use them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/store/database.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

[[nodiscard]] const Schema& quarantineSchema();

// SELECT ... FROM quarantine_message, in the order heldMessageOf() reads.
[[nodiscard]] const std::string& selectHeld();
[[nodiscard]] HeldMessage heldMessageOf(const Row& row);

// SELECT ... FROM quarantine_recipient, as heldRecipientOf() reads.
[[nodiscard]] const std::string& selectHeldRecipients();
[[nodiscard]] HeldRecipient heldRecipientOf(const Row& row);

[[nodiscard]] Result<Done> insertHeld(Database& database,
                                      const HeldMessage& message,
                                      bool recovered);

// In the transaction in which a message comes or goes.
[[nodiscard]] Result<Done> addToSum(Database& database,
                                    std::int64_t messages,
                                    std::int64_t bytes);

// The column also_waived, which join(names, ",") writes.
[[nodiscard]] std::vector<std::string> waivedOf(std::string_view column);

// The only column of `rows`.
[[nodiscard]] std::vector<std::string> sortedTexts(const Rows& rows);

// The state of a copy that is somebody's to release.
inline constexpr const char* kReleasable = "state IN ('held', 'failed')";

// Of a message: that it has such a copy.
[[nodiscard]] std::string anyReleasable();

// " AND address IN (?, ?)" with `addresses` behind `values`; of all: empty.
[[nodiscard]] std::string among(const std::vector<std::string>& addresses,
                                Values& values);

// "?, ?, ?"
[[nodiscard]] std::string questionMarks(std::size_t count);

// Fit for a column: printable() of its first 2000 bytes.
[[nodiscard]] std::string bounded(const std::string& text);

}  // namespace mailreeve::store
