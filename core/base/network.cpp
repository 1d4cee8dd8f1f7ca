#include "core/base/network.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>

#include "core/base/text.h"

namespace mailreeve {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<unsigned> prefixOfMask(const Ip& mask) {
  unsigned length = 0;
  while (length < mask.bits() && mask.bit(length)) ++length;
  for (unsigned n = length; n < mask.bits(); ++n)
    if (mask.bit(n)) return std::nullopt;
  return length;
}

std::optional<unsigned> parsePrefix(std::string_view text, const Ip& address) {
  if (const auto mask = parseIp(text); mask && !mask->v6 && !address.v6)
    return prefixOfMask(*mask);
  const auto number = parseNumber(text);
  if (!number || *number > address.bits()) return std::nullopt;
  return static_cast<unsigned>(*number);
}

Ip masked(Ip ip, unsigned prefix) {
  for (unsigned n = prefix; n < ip.bits(); ++n)
    ip.bytes[n / 8] &= static_cast<std::uint8_t>(~(0x80U >> (n % 8U)));
  return ip;
}

}  // namespace

std::string Ip::text() const {
  // Asked for each request and message; printf takes ten times as long.
  if (!v6) {
    std::string out;
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) out += '.';
      out += std::to_string(bytes[i]);
    }
    return out;
  }
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  return out.data();
}

std::optional<Ip> parseIp(std::string_view text) {
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string copy(text);
  Ip ip;
  if (::inet_pton(AF_INET, copy.c_str(), ip.bytes.data()) == 1) return ip;
  if (::inet_pton(AF_INET6, copy.c_str(), ip.bytes.data()) != 1)
    return std::nullopt;
  ip.v6 = true;
  if (!std::equal(kMapped.begin(), kMapped.end(), ip.bytes.begin())) return ip;
  Ip v4;
  std::copy_n(ip.bytes.begin() + 12, 4, v4.bytes.begin());
  return v4;
}

std::string Network::text() const {
  return address.text() + "/" + std::to_string(prefix);
}

Result<Network> parseNetwork(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parseIp(text.substr(0, slash));
  if (!address)
    return Error{ErrorCode::Invalid,
                 "\"" + std::string(text) + "\" is not an address or network"};
  if (slash == std::string_view::npos)
    return Network{*address, address->bits()};

  const auto prefix = parsePrefix(text.substr(slash + 1), *address);
  if (!prefix)
    return Error{ErrorCode::Invalid,
                 "\"" + std::string(text) +
                     "\" has no valid prefix length (0.." +
                     std::to_string(address->bits()) + ")"};
  const Network network{masked(*address, *prefix), *prefix};
  if (network.address != *address)
    return Error{ErrorCode::Invalid,
                 "\"" + std::string(text) + "\" has host bits set; is " +
                     network.text() + " meant?"};
  return network;
}

void NetworkSet::add(const Network& network, std::uint32_t value) {
  auto& nodes = network.address.v6 ? v6_ : v4_;
  if (nodes.empty()) nodes.emplace_back();
  std::uint32_t at = 0;
  for (unsigned n = 0; n < network.prefix; ++n) {
    const std::size_t side = network.address.bit(n) ? 1 : 0;
    if (nodes[at].child[side] == kNone) {
      nodes[at].child[side] = static_cast<std::uint32_t>(nodes.size());
      nodes.emplace_back();
    }
    at = nodes[at].child[side];
  }
  if (nodes[at].value == kNone) nodes[at].value = value;
}

std::uint32_t NetworkSet::find(const Ip& ip) const {
  const auto& nodes = ip.v6 ? v6_ : v4_;
  std::uint32_t found = kNone;
  std::uint32_t at = nodes.empty() ? kNone : 0;
  for (unsigned n = 0; at != kNone; ++n) {
    if (nodes[at].value != kNone) found = nodes[at].value;
    if (n == ip.bits()) break;
    at = nodes[at].child[ip.bit(n) ? 1 : 0];
  }
  return found;
}

bool NetworkSet::contains(std::string_view ip) const {
  const auto parsed = parseIp(ip);
  return parsed && find(*parsed) != kNone;
}

}  // namespace mailreeve
