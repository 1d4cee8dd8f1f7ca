// The description of quarantine.h, for describe.cpp.
#pragma once

#include "core/config/describe.h"
#include "core/config/validate.h"

namespace mailreeve::config {

void describeQuarantine(Fields& fields, Quarantine& quarantine);

// What must hold between its fields, and with others.
void checkQuarantine(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
