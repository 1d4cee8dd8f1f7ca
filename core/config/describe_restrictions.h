// The description of `restrictions:`; see describe.h.
#pragma once

#include "core/config/describe.h"

namespace mailreeve::config {

void describe(Fields& fields, Restrictions& restrictions);

}  // namespace mailreeve::config
