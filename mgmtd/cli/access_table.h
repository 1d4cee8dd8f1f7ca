// Entries of the allow and block lists as Postfix's access(5) and
// cidr_table(5) say them.
//
// A domain in such a table stands for its sub-domains, too, as Postfix has it
// by default (parent_domain_matches_subdomains names smtpd_access_maps). Here
// it is two entries: neither way may anybody be let in who was not, or be
// forgotten who was blocked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/lists.h"
#include "mgmtd/cli/list_entries.h"

namespace mailreeve::cli {

// What the keys of an access table are.
enum class AccessKind { Client, Sender, Recipient };

// OK and PERMIT go to the allow list, REJECT, DISCARD and refusals by number to
// the block list. A domain gives two entries, "far.example" and ".far.example",
// unless the table has a line of its own for the second. Text over 16 MiB is an
// Error.
[[nodiscard]] Result<std::vector<ListLine>> parseAccessMap(
    std::string_view text, AccessKind kind);

// What such a table cannot say exactly is a comment that says why. Clients come
// in the form of cidr_table(5).
[[nodiscard]] std::string accessMap(const config::Lists& lists,
                                    AccessKind kind);

}  // namespace mailreeve::cli
