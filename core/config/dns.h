#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailreeve::config {

// How names are looked up by the checks; Postfix has its own resolver.
struct Dns {
  std::vector<std::string> forwarders;  // "IP" or "IP@port"; none: those of
                                        // /etc/resolv.conf.
  bool recursive = false;     // Ask from the root down; needs no forwarders.
  std::int64_t timeout = 10;  // Seconds for all look-ups of one message.

  friend bool operator==(const Dns&, const Dns&) = default;
};

}  // namespace mailreeve::config
