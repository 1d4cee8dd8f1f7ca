#include "core/base/trace_code.h"

#include <cstdint>
#include <random>
#include <string_view>

#include <sys/random.h>

namespace mailreeve {

std::string traceCode() {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::size_t kLength = 8;
  std::uint64_t bits = 0;
  if (::getrandom(&bits, sizeof bits, GRND_NONBLOCK) !=
      static_cast<ssize_t>(sizeof bits))
    bits =
        (std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}();
  std::string code(kLength, '0');
  for (char& c : code) {
    c = kAlphabet[bits & 31U];
    bits >>= 5U;
  }
  return code;
}

}  // namespace mailreeve
