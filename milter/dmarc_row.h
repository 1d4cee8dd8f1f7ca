// What a message adds to the DMARC aggregate report of its From domain.
#pragma once

#include <optional>
#include <string>

#include "core/config/dmarc_reports.h"
#include "core/mail/envelope.h"
#include "core/store/dmarc_rows.h"
#include "milter/dmarc_evaluation.h"

namespace mailreeve::milter {

// Nothing where no report is wanted or sent, and for mail that is a report
// itself: two systems would report on each other's reports for ever.
[[nodiscard]] std::optional<store::DmarcRow> dmarcRowOf(
    const DmarcEvaluation& evaluation,
    const mail::Envelope& envelope,
    const std::string& subject,
    const config::DmarcReports& settings);

}  // namespace mailreeve::milter
