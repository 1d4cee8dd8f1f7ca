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

// "?, ?, ?"
[[nodiscard]] std::string questionMarks(std::size_t count);

// Fit for a column: at most so much of it, without NUL.
[[nodiscard]] std::string bounded(const std::string& text);

}  // namespace mailreeve::store
