// policyd's command line.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/socket_options.h"

namespace mailreeve::policyd {

// Without argv[0]. An Error names the argument that cannot be taken.
[[nodiscard]] Result<SocketOptions> parseOptions(
    const std::vector<std::string>& arguments);

[[nodiscard]] std::string usageText();

}  // namespace mailreeve::policyd
