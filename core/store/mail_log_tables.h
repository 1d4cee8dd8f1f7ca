// The tables of logs.db that hold what Postfix and Dovecot logged.
//
//   mail_queue     one for each queue file: a queue id is used again later
//   mail_delivery  one for each queue file and recipient as it was addressed:
//                  what `mgmtctl log mail` lists
//   mail_line      each line that says something: what `mgmtctl trace` lists
//   mail_link      which queue file came of which
//   security       what was refused, discarded or marked, and why
//   log_position   how far each log file has been read
#pragma once

#include "core/store/database.h"

namespace mailreeve::store {

[[nodiscard]] const Schema& mailLogSchema();

// Opens logs.db for writing, with these tables and those of the events.
[[nodiscard]] Result<Database> openMailLog(
    const std::filesystem::path& logsDatabase);

// NotFound when no log was ever collected.
[[nodiscard]] Result<Database> openMailLogToRead(
    const std::filesystem::path& logsDatabase);

// Of a delivery; in the order in which one replaces another, so that an alias
// was received when one of its targets got it.
enum class DeliveryStatus { Waiting, Failed, Discarded, Received, Sent };

[[nodiscard]] std::string_view name(DeliveryStatus status);

}  // namespace mailreeve::store
