// Looking at eight bytes at once, for loops that see every byte of a message.
// Nothing here depends on the order of bytes in a word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mailreeve::block {

using Word = std::uint64_t;

constexpr std::size_t kSize = sizeof(Word);
constexpr Word kOnes = 0x0101010101010101;
constexpr Word kHigh = 0x8080808080808080;

// The bytes at `from`, kSize of them.
[[nodiscard]] inline Word load(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, kSize);
  return word;
}

// 0x80 in the place of each byte that is `c`, which must be ASCII; else 0.
[[nodiscard]] constexpr Word equal(Word word, char c) {
  const Word differs = word ^ (kOnes * static_cast<unsigned char>(c));
  return ~(((differs & ~kHigh) + ~kHigh) | differs | ~kHigh);
}

// 0x80 in the place of each byte above 127.
[[nodiscard]] constexpr Word aboveAscii(Word word) {
  return word & kHigh;
}

}  // namespace mailreeve::block
