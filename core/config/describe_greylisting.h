// The description of `greylisting:`; see describe.h.
#pragma once

#include "core/config/describe.h"

namespace mailreeve::config {

void describe(Fields& fields, Greylisting& greylisting);

}  // namespace mailreeve::config
