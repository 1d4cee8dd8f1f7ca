// Which fields of the header a DKIM signature covers, unless the settings say
// otherwise (RFC 6376 section 5.4.1). In lower case.
#pragma once

#include <string>
#include <vector>

namespace mailreeve::mail {

// Signed once more than they are there, so that none can be added: a reader
// would see the added one.
[[nodiscard]] std::vector<std::string> oversignedFields();

// Signed as often as they are there.
[[nodiscard]] std::vector<std::string> signedFields();

}  // namespace mailreeve::mail
