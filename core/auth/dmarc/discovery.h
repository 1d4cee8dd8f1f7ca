// Which DMARC record governs a domain, and which organisation it belongs to:
// by the public suffix list (RFC 7489 sections 3.2 and 6.6.3), or by walking up
// the DNS (RFC 9989 section 4.10).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/auth/dmarc/public_suffix_list.h"
#include "core/auth/dmarc/record.h"
#include "core/base/result.h"
#include "core/dns/resolver.h"

namespace mailreeve::dmarc {

enum class Mode { PublicSuffixList, TreeWalk };

struct Governing {
  Record record;
  std::string domain;  // Where it was found.
};

// For one message, in one thread. Names are in lower case. An Error is always
// "the DNS did not answer".
class Discovery {
 public:
  Discovery(dns::Resolver& resolver,
            dns::Deadline deadline,
            Mode mode,
            const PublicSuffixList& suffixes);

  // Nothing when the domain has no DMARC.
  [[nodiscard]] Result<std::optional<Governing>> policyFor(
      const std::string& domain);

  [[nodiscard]] Result<std::string> organisationOf(const std::string& domain);

 private:
  struct Found {
    std::string domain;
    Record record;
  };

  // The records on the way up.
  struct Walk {
    std::vector<Found> found;  // From the domain upwards.
    std::optional<Error> error;
  };

  // What `domain` itself publishes. More than one record is none; `several`
  // tells the difference.
  struct Published {
    std::optional<Record> record;
    bool several = false;
  };

  [[nodiscard]] Result<Published> fetch(const std::string& domain);
  [[nodiscard]] const Walk& walk(const std::string& domain);
  [[nodiscard]] static std::string organisationIn(const Walk& walk,
                                                  const std::string& domain);
  [[nodiscard]] Result<std::optional<Governing>> policyByList(
      const std::string& domain);
  [[nodiscard]] Result<std::optional<Governing>> policyByWalk(
      const std::string& domain);

  dns::Resolver& resolver_;
  dns::Deadline deadline_;
  Mode mode_;
  const PublicSuffixList& suffixes_;
  std::map<std::string, Published> published_;
  std::map<std::string, Walk> walks_;
};

}  // namespace mailreeve::dmarc
