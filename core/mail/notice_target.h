// Which leaves of a message a notice belongs into: what a reader is shown
// first, in each form the message offers it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/mail/message.h"

namespace mailreeve::mail {

struct NoticeTargets {
  std::vector<std::size_t> leaves;  // text/plain and text/html.
  std::string blocked;              // Why there are none: for the log.
};

[[nodiscard]] NoticeTargets findNoticeTargets(const Message& message);

}  // namespace mailreeve::mail
