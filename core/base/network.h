// IP addresses and sets of networks.
//
// IPv4 addresses mapped into IPv6 (::ffff:a.b.c.d) are the IPv4 address
// everywhere, so that a dual-stack socket changes no decision.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve {

struct Ip {
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first 4.
  bool v6 = false;

  [[nodiscard]] unsigned bits() const { return v6 ? 128 : 32; }

  [[nodiscard]] bool bit(unsigned n) const {
    return ((static_cast<unsigned>(bytes[n / 8]) >> (7U - n % 8U)) & 1U) != 0;
  }

  bool operator==(const Ip&) const = default;

  // Dotted quad or RFC 5952 text.
  [[nodiscard]] std::string text() const;
};

// Nothing for what is no address (zone ids are refused).
[[nodiscard]] std::optional<Ip> parseIp(std::string_view text);

struct Network {
  Ip address;
  unsigned prefix = 0;

  [[nodiscard]] std::string text() const;
};

// "192.0.2.0/24", "2001:db8::/32", a single address, or the old
// "192.0.2.0/255.255.255.0". Host bits that are set are an Error that says
// what was probably meant.
[[nodiscard]] Result<Network> parseNetwork(std::string_view text);

// A set of networks in a binary radix tree, one for each family: a look-up
// takes at most 32 or 128 steps however many networks there are.
class NetworkSet {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The value of the longest prefix wins a look-up; adding the same network
  // again keeps the first value.
  void add(const Network& network, std::uint32_t value = 0);

  // The value of the longest network that holds `ip`, or kNone.
  [[nodiscard]] std::uint32_t find(const Ip& ip) const;

  [[nodiscard]] bool contains(std::string_view ip) const;

 private:
  struct Node {
    std::array<std::uint32_t, 2> child{kNone, kNone};
    std::uint32_t value = kNone;
  };

  std::vector<Node> v4_;
  std::vector<Node> v6_;
};

}  // namespace mailreeve
