// The engine that the settings name, made ready: the one place that knows which
// kinds there are.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/config/antivirus.h"
#include "core/scan/fallback.h"
#include "core/scan/icap.h"
#include "core/scan/scanner.h"

namespace mailreeve::scan {

// Null when the settings name none. `changed` is told when a first engine goes
// down and a second one takes its place, and when it is back; may be null.
[[nodiscard]] Result<std::shared_ptr<Scanner>> makeScanner(
    const config::Antivirus& settings, Health::Changed changed);

// Where the settings say clamd and the ICAP service are.
[[nodiscard]] Result<net::Endpoint> clamdEndpoint(
    const config::Antivirus& settings);
[[nodiscard]] Result<IcapService> icapService(
    const config::Antivirus& settings);

}  // namespace mailreeve::scan
