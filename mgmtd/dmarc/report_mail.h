// The mail that carries an aggregate report (RFC 7489 section 7.2.1.1, RFC 9990
// section 3.1.1). Marked as sent by a machine; the outbox sends it with the
// null sender, so that no answer to it makes another mail.
#pragma once

#include <string>

#include "core/store/dmarc_rows.h"
#include "mgmtd/dmarc/aggregate_xml.h"

namespace mailreeve::dmarc {

// "mail.example.com!outside.test!1793577600!1793663999!ID.xml.gz"
[[nodiscard]] std::string reportFileName(const std::string& host,
                                         const store::DmarcReport& report);

// `compressed` is the report as gzip. Lines end in CRLF, all is 7 bit.
[[nodiscard]] std::string reportMail(const Reporter& reporter,
                                     const std::string& host,
                                     const std::string& to,
                                     const store::DmarcReport& report,
                                     const std::string& compressed);

}  // namespace mailreeve::dmarc
