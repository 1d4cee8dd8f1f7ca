// Describes the settings about spam; see describe.h.
#pragma once

#include "core/config/describe.h"

namespace mailreeve::config {

void describe(Fields& fields, Spam& spam);

// The threshold that a domain or a user policy may set for its recipients.
void describeSpamThreshold(Fields& fields,
                           const Field& field,
                           std::optional<Decimal>& threshold);

}  // namespace mailreeve::config
