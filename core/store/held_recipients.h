// Where mail for a recipient ends up, as far as our own aliases decide it: a
// release delivers there and expands nothing again.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/directory/policy.h"
#include "core/store/accounts.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

// One for each different mailbox or outside address that `recipients`, as RCPT
// TO named them, lead to. Unavailable: the aliases cannot be read.
[[nodiscard]] Result<std::vector<HeldRecipient>> resolveRecipients(
    const std::vector<std::string>& recipients,
    const directory::Policy& policy,
    Accounts& accounts);

}  // namespace mailreeve::store
