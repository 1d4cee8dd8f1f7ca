// What somebody else has compressed with zlib (RFC 1950), in memory, with
// limits: a few bytes can stand for as many as one likes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailreeve {

struct Inflated {
  enum class End {
    Whole,    // It ends, and its sum is right.
    Damaged,  // It breaks off, or is no such data; `bytes` is what came out.
    Limit,    // There is more than was wanted.
  };

  End end = End::Damaged;
  std::string bytes;      // At most as many as were wanted.
  std::size_t taken = 0;  // Of the input; never more than there is.
};

// `compressed` may go on behind its end.
[[nodiscard]] Inflated inflateZlib(std::string_view compressed,
                                   std::size_t most);

}  // namespace mailreeve
