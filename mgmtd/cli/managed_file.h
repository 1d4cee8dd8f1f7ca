// Files of managed/: what commands write in the administrator's stead. No
// command touches a file that a person wrote; what is written here takes effect
// by apply, like everything else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

// Replaces the file, unless the settings as a whole would become invalid: then
// it stays as it was and the Error says why. Empty `yaml` removes it.
[[nodiscard]] Result<Done> writeManaged(const Context& context,
                                        const std::filesystem::path& path,
                                        const std::string& yaml);

// As a YAML scalar and list, whatever is in them.
[[nodiscard]] std::string quoted(const std::string& text);
[[nodiscard]] std::string quotedList(const std::vector<std::string>& texts);

}  // namespace mailreeve::cli
