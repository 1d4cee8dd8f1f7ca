// What a line of Postfix 3.7, Dovecot 2.3, milterd or policyd says about mail.
//
// Senders choose much of what stands in these lines (addresses, message ids,
// host names), so a line is read by the fixed words around those, and what
// does not have the shape the program gives it is nothing.
#pragma once

#include <optional>

#include "core/store/mail_entry.h"
#include "mgmtd/logs/line.h"

namespace mailreeve::logs {

// Views into the line; nothing for lines that say nothing about mail. Whatever
// stands in it is at most as long as the line.
[[nodiscard]] std::optional<store::MailEntry> parseEntry(const Line& line);

// One for each program; `entry` has time and program.
[[nodiscard]] bool parsePostfix(std::string_view text, store::MailEntry& entry);
[[nodiscard]] bool parseDovecot(std::string_view text, store::MailEntry& entry);
[[nodiscard]] bool parseMilterd(std::string_view text, store::MailEntry& entry);
[[nodiscard]] bool parsePolicyd(std::string_view text, store::MailEntry& entry);

// Postfix's queue ids, short (hexadecimal) and long.
[[nodiscard]] bool isQueueId(std::string_view text);

}  // namespace mailreeve::logs
