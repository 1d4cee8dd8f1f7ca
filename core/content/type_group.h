// Groups of media types, so that a rule may say "executable" and mean what runs
// on any system.
#pragma once

#include <string_view>
#include <vector>

namespace mailreeve::content {

// All names of groups, for checking settings.
[[nodiscard]] const std::vector<std::string_view>& typeGroups();

// Whether `type` ("application/zip", in lower case) belongs to `group`.
[[nodiscard]] bool isInGroup(std::string_view type, std::string_view group);

// The first group `type` belongs to; empty when there is none.
[[nodiscard]] std::string_view groupOf(std::string_view type);

}  // namespace mailreeve::content
