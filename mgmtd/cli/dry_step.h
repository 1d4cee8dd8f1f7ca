// What a dry run is asked about, and what each who is asked says of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/expectations.h"

namespace mailreeve::cli {

// A message as a client would send it.
struct Mail {
  std::string client = config::kAnyClient;
  std::string helo = config::kAnyHelo;
  std::string login;
  std::string from;
  std::vector<std::string> to;
  std::string message;  // .eml bytes; empty: a short one is made up.
  std::string clientName = "unknown";  // In the DNS.
};

struct DryStep {
  std::string where;      // "postfix", "policyd" or "milterd".
  std::string recipient;  // Of steps at RCPT; empty for the whole message.
  std::string step;
  std::string says;
  std::string saw;
  std::int64_t microseconds = 0;
};

}  // namespace mailreeve::cli
