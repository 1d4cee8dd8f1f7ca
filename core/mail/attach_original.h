// A message as the attachment of another that takes its place: for mail that a
// user should see only when he asks for it. None of the original's bytes
// changes.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/message_edit.h"

namespace mailreeve::mail {

enum class OriginalAs {
  Message,  // message/rfc822: readers open it.
  Text,     // text/plain: readers show its source and run nothing.
};

// `original` becomes the attachment, `text` (UTF-8, lines ending in LF) what is
// read instead; `message` is what `original` has become so far, and gives the
// fields that stay: those about its content, its signatures and its lists, and
// wishes for receipts, go.
[[nodiscard]] Result<MessageEdit> attachOriginal(const Message& message,
                                                 const Message& original,
                                                 std::string_view text,
                                                 OriginalAs as);

}  // namespace mailreeve::mail
