// What must hold between the settings about signing.
#pragma once

#include "core/config/settings.h"
#include "core/config/validate.h"

namespace mailreeve::config {

void checkSigning(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
