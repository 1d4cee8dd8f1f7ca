// What is said to an ICAP server (RFC 3507): requests and the chunks of their
// bodies, as bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/scan/icap.h"

namespace mailreeve::scan {

[[nodiscard]] std::string optionsRequest(const std::string& uri,
                                         const IcapService& service);

// RESPMOD or REQMOD up to where the message's chunks begin.
[[nodiscard]] std::string scanRequest(const std::string& uri,
                                      const IcapService& service,
                                      std::optional<std::size_t> preview);

// `bytes` is not empty.
void appendChunk(std::string& to, std::string_view bytes);

}  // namespace mailreeve::scan
