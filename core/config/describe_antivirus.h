// Describes the settings about viruses; see describe.h.
#pragma once

#include "core/config/describe.h"

namespace mailreeve::config {

void describe(Fields& fields, Antivirus& antivirus);

}  // namespace mailreeve::config
