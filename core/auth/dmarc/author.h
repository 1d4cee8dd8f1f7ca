// Whose mail a message claims to be: the domain of its From field.
//
// Where two readers of the field could come to two domains, there is none, and
// the message fails: the one they are shown must be the one we checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/auth/message_view.h"
#include "core/base/result.h"

namespace mailreeve::dmarc {

// The domain as A-labels, in lower case. An Error unless there is exactly one
// From field, and all its addresses are of one domain.
[[nodiscard]] Result<std::string> authorDomain(
    const auth::MessageView& message);

// The addresses of a list of mailboxes (RFC 5322 section 3.4), without display
// names, comments and group names; as written, not checked. At most 100.
[[nodiscard]] std::vector<std::string> mailboxesOf(std::string_view field);

}  // namespace mailreeve::dmarc
