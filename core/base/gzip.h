// One member of a gzip file (RFC 1952), in memory.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mailreeve {

[[nodiscard]] Result<std::string> gzip(std::string_view bytes);

}  // namespace mailreeve
