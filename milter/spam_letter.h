// What a user reads instead of a message that was recognised as spam, with the
// message itself attached.
#pragma once

#include <string>

#include "core/mail/message.h"
#include "milter/spam_finding.h"

namespace mailreeve::milter {

// UTF-8, lines ending in LF.
[[nodiscard]] std::string spamLetter(const mail::Message& original,
                                     const SpamFinding& found);

}  // namespace mailreeve::milter
