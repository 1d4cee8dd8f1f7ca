// A DMARC aggregate report as XML: RFC 7489 appendix C or, for domains whose
// record was found as RFC 9989 has it, RFC 9990.
#pragma once

#include <string>
#include <vector>

#include "core/store/dmarc_rows.h"

namespace mailreeve::dmarc {

struct Reporter {
  std::string organisation;
  std::string email;
  std::string contact;  // Empty: none.
};

// Texts are valid XML whatever they were: what cannot stand in a document is
// replaced.
[[nodiscard]] std::string aggregateXml(
    const Reporter& reporter,
    const store::DmarcReport& report,
    const std::vector<store::DmarcCount>& rows);

}  // namespace mailreeve::dmarc
