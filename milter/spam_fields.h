// The header fields in which the check `spam` says what it found, under the
// names that Sieve scripts and mail readers know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mail/message.h"
#include "milter/findings.h"

namespace mailreeve::milter {

// Whether a field is one of those that only we may write.
[[nodiscard]] bool isSpamField(std::string_view name);

// "X-Spam-Flag: YES".
[[nodiscard]] mail::Header spamFlagField();

// "X-Spam-Status: No, not scanned".
[[nodiscard]] mail::Header notScannedField();

// "X-Spam-Status: Yes, WHY".
[[nodiscard]] mail::Header spamStatusField(const SpamFinding& found,
                                           const std::string& why);

// X-Spam-Score, X-Spam-Level and X-Spam-Status of a message with a score.
[[nodiscard]] std::vector<mail::Header> spamFields(const SpamFinding& found,
                                                   Decimal threshold,
                                                   bool failed);

}  // namespace mailreeve::milter
