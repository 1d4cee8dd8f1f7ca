// The fallback for what must not be edited: the message's content moves,
// untouched, into a part of its own beside the notice. A signature in it stays
// good, because none of its bytes changes.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/message_edit.h"

namespace mailreeve::mail {

// `text` is UTF-8 with lines ending in LF; it stands before or behind the
// content.
[[nodiscard]] Result<MessageEdit> wrapWithText(const Message& message,
                                               std::string_view text,
                                               bool textFirst);

}  // namespace mailreeve::mail
