// What must hold within lists, greylisting and postscreen.
#pragma once

#include "core/config/validate.h"

namespace mailreeve::config {

void checkLists(const Settings& settings, const Report& report);
void checkGreylisting(const Settings& settings, const Report& report);
void checkPostscreen(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
