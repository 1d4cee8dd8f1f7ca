// Does what a checked request asks for, as root. Commands are started without
// a shell, with fixed options and a fixed environment.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/paths.h"
#include "core/base/result.h"
#include "mgmtd/helper/request.h"

namespace mailreeve::helper {

// Unavailable: the command could not be run or did not end in time; Invalid:
// it refused, in the command's own words.
[[nodiscard]] Result<nlohmann::json> perform(const Request& request,
                                             const Paths& paths);

// parseRequest and perform.
[[nodiscard]] Result<nlohmann::json> answer(const nlohmann::json& json,
                                            const Paths& paths);

}  // namespace mailreeve::helper
