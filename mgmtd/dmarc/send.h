// Makes the aggregate reports that are due and puts them into the outbox.
//
// A domain whose DNS does not answer is left for the next time: its rows wait.
// A report is taken before it is put into the outbox; if that fails it is
// marked as not sent, and its rows can be looked at and sent by hand.
#pragma once

#include <string>
#include <vector>

#include "core/auth/dmarc/public_suffix_list.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/config/settings.h"
#include "core/dns/resolver.h"
#include "core/store/dmarc_rows.h"
#include "core/store/outbox.h"
#include "mgmtd/dmarc/aggregate_xml.h"

namespace mailreeve::dmarc {

struct Sending {
  const config::Settings& settings;
  store::DmarcReports& reports;
  store::Outbox& outbox;
  dns::Resolver& resolver;
  const PublicSuffixList& suffixes;
  const Clock& clock;
};

struct Sent {
  std::int64_t reports = 0;   // Made, for at least one receiver.
  std::int64_t unwanted = 0;  // Of domains that asked for none, or not here.
  std::vector<std::string> problems;  // Domains left for the next time.
};

// Who reports, by the settings.
[[nodiscard]] Reporter reporterOf(const config::Settings& settings);

// All rows of before `before`; of one domain, or of all when it is empty.
[[nodiscard]] Result<Sent> sendReports(const Sending& sending,
                                       const std::string& domain,
                                       TimePoint before);

}  // namespace mailreeve::dmarc
