// A boundary for a multipart that we put around what somebody else wrote.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::mail {

// One that does not occur in `bytes`.
[[nodiscard]] std::string unusedBoundary(std::string_view bytes);

}  // namespace mailreeve::mail
