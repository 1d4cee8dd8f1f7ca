// mgmtctl show, check config and effective: what the settings say.
#pragma once

#include <optional>
#include <vector>

#include "core/config/load.h"
#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

// The administrator's YAML as settings; with problems, prints every one and
// returns nothing (Exit::InvalidSettings is then the command's answer).
[[nodiscard]] std::optional<config::Settings> loadSettings(
    const Context& context);

// Prints every problem; the answer is Exit::InvalidSettings.
[[nodiscard]] Exit failInvalid(const Context& context,
                               const std::vector<config::Problem>& problems);

}  // namespace mailreeve::cli
