// What a text in the YAML may look like, and how an editor is told.
#pragma once

#include <string>
#include <string_view>

#include "core/config/describe.h"

namespace mailreeve::config {

// Empty when `text` is of `kind`; else what is wrong, as in "must be ...".
[[nodiscard]] std::string checkText(TextKind kind, std::string_view text);

// A word for the reference page: "host name", "network".
[[nodiscard]] std::string_view kindName(TextKind kind);

// "500", "64K", "25M", "2G" in bytes; negative for anything else.
[[nodiscard]] std::int64_t parseSize(std::string_view text);

}  // namespace mailreeve::config
