#include "milter/trace.h"

#include <array>
#include <cstdint>
#include <random>

#include <sys/random.h>

namespace mailreeve::milter {

std::string text(const TraceLine& line) {
  std::string out = line.step;
  out += ": ";
  out += name(line.says);
  if (!line.saw.empty()) {
    out += ", ";
    out += line.saw;
  }
  out += " (" + std::to_string(line.took.count()) + " us)";
  return out;
}

std::string traceCode() {
  // Without I, L, O and U, which are misread.
  static constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  static constexpr std::size_t kLength = 8;
  std::uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) !=
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

}  // namespace mailreeve::milter
