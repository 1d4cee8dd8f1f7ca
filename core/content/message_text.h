// What a message says, as a reader sees it: every text decoded, HTML as text.
// For matching; never for showing or sending.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/mail/message.h"

namespace mailreeve::content {

struct MessageText {
  std::string text;    // plainCharacters(), one part after the other.
  std::string unread;  // Why that is not all of it; empty: it is.
};

// The text parts, attached ones among them, in order, then those of mail that
// is signed in one piece; at most `limit` bytes.
[[nodiscard]] MessageText textOf(const mail::Message& message,
                                 std::size_t limit = std::size_t{4} << 20U);

// Without control characters and others that have no width, and no-break spaces
// as blanks: what is put between letters so that they are not found.
[[nodiscard]] std::string plainCharacters(std::string_view text);

}  // namespace mailreeve::content
