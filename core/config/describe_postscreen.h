// The description of `postscreen:`; see describe.h.
#pragma once

#include "core/config/describe.h"

namespace mailreeve::config {

void describe(Fields& fields, Postscreen& postscreen);

}  // namespace mailreeve::config
