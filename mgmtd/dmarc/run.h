// sendReports() with the settings in force, the databases of this host and its
// own DNS.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "mgmtd/dmarc/send.h"

namespace mailreeve::dmarc {

// NotFound before the first apply.
[[nodiscard]] Result<Sent> sendDue(const Paths& paths,
                                   const Clock& clock,
                                   const std::string& domain,
                                   TimePoint before);

// Of the days that are over, unless the settings say not to; and what is older
// than the settings keep is forgotten. Returns what was done, in a few words.
[[nodiscard]] Result<std::string> reportDays(const Paths& paths,
                                             const Clock& clock);

}  // namespace mailreeve::dmarc
