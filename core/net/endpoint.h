// Where a server listens: a Unix socket, or an IP address and a port. Host
// names are refused on purpose: a scanner that can be reached only while DNS
// answers is one more way for mail to stop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mailreeve::net {

struct Endpoint {
  std::filesystem::path path;  // Empty: TCP.
  std::string address;         // IPv4 or IPv6, without brackets.
  std::uint16_t port = 0;

  // "/run/clamav/clamd.ctl", "unix:/run/clamav/clamd.ctl", "127.0.0.1:783",
  // "[::1]:783" or "localhost:783", which is 127.0.0.1. With a `defaultPort`
  // the port may be left out.
  [[nodiscard]] static Result<Endpoint> parse(std::string_view text,
                                              std::uint16_t defaultPort = 0);

  // As parse() takes it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace mailreeve::net
