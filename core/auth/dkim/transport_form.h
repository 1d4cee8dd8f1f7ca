// Brings a message into a form that no mail server on the way has a reason to
// change, so that a signature over it holds: a body of 7 bits and short lines,
// no header line that would be cut.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/message_edit.h"

namespace mailreeve::dkim {

struct TransportForm {
  mail::MessageEdit edit;        // Empty: it is in that form already.
  std::vector<std::string> saw;  // What was changed, and what could not be.
};

// What cannot be changed (in another signature, in an encoding nobody knows)
// stays, and is said.
[[nodiscard]] Result<TransportForm> transportForm(const mail::Message& message);

// `value` with a line end before blanks, so that the lines have 78 octets where
// it has blanks for it; LF alone. `name` is counted with the first line.
[[nodiscard]] std::string foldLong(std::string_view name,
                                   std::string_view value);

}  // namespace mailreeve::dkim
