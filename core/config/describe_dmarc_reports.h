// Describes the settings about DMARC reports; see describe.h.
#pragma once

#include "core/config/describe.h"
#include "core/config/dmarc_reports.h"

namespace mailreeve::config {

void describe(Fields& f, DmarcReports& r);

}  // namespace mailreeve::config
