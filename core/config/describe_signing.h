// The description of the settings about signing.
#pragma once

#include "core/config/describe.h"
#include "core/config/signing.h"

namespace mailreeve::config {

void describeSigning(Fields& fields, Signing& signing);
void describeDomainSigning(Fields& fields, DomainSigning& signing);

}  // namespace mailreeve::config
