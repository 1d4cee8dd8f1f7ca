// Reads the data of one resource record (RFC 1035 section 3.3), uncompressed.
#pragma once

#include <string_view>

#include "core/dns/resolver.h"

namespace mailreeve::dns {

// Adds the record to the list of `answer` that belongs to `type`. False, and
// nothing added, for data that is not of its type's form.
[[nodiscard]] bool addRecord(Answer& answer, Type type, std::string_view rdata);

}  // namespace mailreeve::dns
