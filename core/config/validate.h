// What must hold between settings, beyond each one's own limits.
#pragma once

#include <functional>
#include <string>

#include "core/config/settings.h"

namespace mailreeve::config {

// `key` as in Problem.
using Report = std::function<void(const std::string& key, std::string what)>;

void validate(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
