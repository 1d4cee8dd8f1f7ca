// Base64 as signatures and keys carry it (RFC 6376 section 2.10): folded
// anywhere, but otherwise without a single byte that does not belong.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailreeve::auth {

// Nothing for garbage, wrong padding, or left-over bits.
[[nodiscard]] std::optional<std::string> decodeBase64(std::string_view text);

[[nodiscard]] std::string encodeBase64(std::string_view bytes);

}  // namespace mailreeve::auth
