// What is reported to the domains that mail claims to come from.
#pragma once

#include <string>
#include <vector>

namespace mailreeve::config {

// FEATURES H8.
struct DmarcReports {
  bool enabled = true;       // Aggregate reports, one for each domain and day.
  std::string from;          // Empty: postmaster of the first domain.
  std::string organisation;  // Empty: server.hostname.
  std::string contact;       // For people: an address or URL; may be empty.
  std::vector<std::string> excludeDomains;     // Not reported to.
  std::vector<std::string> excludeReceivers;   // Addresses in rua= likewise.
  std::vector<std::string> excludeRecipients;  // Mail to them is not counted.
};

}  // namespace mailreeve::config
