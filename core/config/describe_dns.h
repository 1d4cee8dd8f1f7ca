// The keys of `dns:` and what must hold between them.
#pragma once

#include "core/config/describe.h"
#include "core/config/validate.h"

namespace mailreeve::config {

void describeDns(Fields& fields, Dns& dns);
void checkDns(const Dns& dns, const Report& report);

}  // namespace mailreeve::config
