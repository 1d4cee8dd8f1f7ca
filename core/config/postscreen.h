// Postscreen (FEATURES D8): what is tested before a client may speak to smtpd.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailreeve::config {

// A DNS list. A negative score makes it one of good clients.
struct DnsList {
  std::string zone;
  std::string answer;  // What counts, as "127.0.0.[2..11]"; empty: anything.
  std::int64_t score = 1;
};

struct Postscreen {
  bool enabled = false;
  bool pregreet = true;
  std::int64_t greetWaitSeconds = 6;
  std::int64_t threshold = 1;
  std::vector<DnsList> dnsLists;
};

}  // namespace mailreeve::config
