// Who is to get a domain's aggregate reports: the rua= of its record as it
// stands now, and whether those of other domains want them (RFC 7489 section
// 7.1, RFC 9990 section 4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/auth/dmarc/public_suffix_list.h"
#include "core/base/result.h"
#include "core/dns/resolver.h"

namespace mailreeve::dmarc {

struct Receiver {
  std::string address;
  std::int64_t limit = 0;  // Bytes of a report ("!10m"); 0: none.

  bool operator==(const Receiver&) const = default;
};

// The mailto addresses of a record's rua=, at most 10; what cannot be read is
// left out. `%21` and the like are decoded.
[[nodiscard]] std::vector<Receiver> receiversOf(std::string_view record);

struct Receivers {
  std::vector<Receiver> willing;
  std::vector<std::string> left;  // Who was left out, and why.
};

// Unavailable: the DNS did not answer, try again later. All questions share the
// deadline.
[[nodiscard]] Result<Receivers> findReceivers(const std::string& policyDomain,
                                              dns::Resolver& resolver,
                                              const PublicSuffixList& suffixes,
                                              dns::Deadline deadline);

}  // namespace mailreeve::dmarc
