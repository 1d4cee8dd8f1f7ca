// The ARC sets of a message (RFC 8617 section 4): three header fields for each
// server that handled it, numbered from 1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/auth/dkim/signature.h"
#include "core/auth/message_view.h"
#include "core/base/result.h"

namespace mailreeve::arc {

// The whole fields, as HeaderField::raw, and what they say.
struct Set {
  std::string_view results;  // ARC-Authentication-Results
  std::string_view message;  // ARC-Message-Signature
  std::string_view seal;     // ARC-Seal
  dkim::Signature messageSignature;
  dkim::Signature sealSignature;
};

// In order of their numbers; empty for a message that has none. An Error for
// sets that are not complete, not consecutive, or cannot be read: such a chain
// has failed, whatever its signatures say. At most 50 sets.
[[nodiscard]] Result<std::vector<Set>> readChain(
    const auth::MessageView& message);

}  // namespace mailreeve::arc
