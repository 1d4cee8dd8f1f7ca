// Numbers in the formats of Microsoft and their time: the lowest byte first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailreeve::content {

// `size` (at most 4) bytes at `at`; those that are not there are zero.
[[nodiscard]] inline std::uint32_t readNumber(std::string_view bytes,
                                              std::size_t at,
                                              std::size_t size = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i)
    value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])}
             << (8 * i);
  return value;
}

}  // namespace mailreeve::content
