// What mgmtd says of held mail, in words and tables for people. Subjects and
// answers are other people's text: nothing of it reaches a terminal unchanged.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

// One line for each of `messages`.
[[nodiscard]] std::string tableOf(const nlohmann::json& messages);

// All of one, its recipients, and what stands in its way.
void printHeld(const nlohmann::json& message);

// What came of a release or of a link, in JSON where that is wanted. Failed
// when it is refused for good for anybody, or was not learned.
[[nodiscard]] Exit tellFollowed(const Context& context,
                                const nlohmann::json& answer);

}  // namespace mailreeve::cli
