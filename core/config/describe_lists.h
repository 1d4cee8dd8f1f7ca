// The description of `lists:`; see describe.h.
#pragma once

#include "core/config/describe.h"

namespace mailreeve::config {

void describe(Fields& fields, Lists& lists);

}  // namespace mailreeve::config
