// What must hold between the settings about spam; see validate.h.
#pragma once

#include "core/config/validate.h"

namespace mailreeve::config {

void validateSpam(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
