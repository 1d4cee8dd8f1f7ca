// The messages that a message carries as attachments: how people report spam.
#pragma once

#include <string_view>
#include <vector>

#include "core/mail/message.h"

namespace mailreeve::mail {

// In order, as they stand; nested ones within them are theirs. A part that
// claims to be text but is called *.eml and begins like a header counts.
[[nodiscard]] std::vector<std::string> attachedMessages(const Message& message,
                                                        std::size_t most = 50);

}  // namespace mailreeve::mail
