// The mail in a message that S/MIME has signed in one piece: a mail program
// shows it as if it were the message.
#pragma once

#include <vector>

#include "core/mail/message.h"

namespace mailreeve::content {

struct SignedMail {
  std::vector<mail::Message> messages;  // What is signed again comes behind.
  bool whole = true;  // False: damaged, or signed more often than is looked at.
};

// Not what is encrypted.
[[nodiscard]] SignedMail signedMailIn(const mail::Message& message);

}  // namespace mailreeve::content
