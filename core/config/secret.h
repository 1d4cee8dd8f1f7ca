// Reads a secret from where the YAML says it is, and nothing else may know it.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/config/settings.h"

namespace mailreeve::config {

// The first line of the file, or the variable's value. A file that others may
// read is an Error. Errors name the place, never the secret.
[[nodiscard]] Result<std::string> resolveSecret(const SecretSource& source);

}  // namespace mailreeve::config
