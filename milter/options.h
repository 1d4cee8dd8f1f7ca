// milterd's command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/socket_options.h"

namespace mailreeve::milter {

struct Options : SocketOptions {
  std::filesystem::path spool = "/var/tmp";
};

// Without argv[0]. An Error names the argument that cannot be taken.
[[nodiscard]] Result<Options> parseOptions(
    const std::vector<std::string>& arguments);

[[nodiscard]] std::string usageText();

}  // namespace mailreeve::milter
