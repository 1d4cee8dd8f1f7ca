// IPv4 addresses as postscreen(8) writes the answers of DNS lists that count:
// 127.0.0.2, 127.0.0.[2..11], 127.0.[0;2].[1..255].
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/network.h"

namespace mailreeve {

class OctetPattern {
 public:
  // Nothing when it is none: four parts, numbers of 0..255, ranges that rise.
  [[nodiscard]] static std::optional<OctetPattern> parse(std::string_view text);

  [[nodiscard]] bool fits(const Ip& address) const;

 private:
  using Range = std::pair<std::uint8_t, std::uint8_t>;  // Both included.

  std::array<std::vector<Range>, 4> octets_;
};

}  // namespace mailreeve
