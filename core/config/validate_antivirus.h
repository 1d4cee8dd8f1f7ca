// What must hold between the settings about viruses; see validate.h.
#pragma once

#include "core/config/validate.h"

namespace mailreeve::config {

void validateAntivirus(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
