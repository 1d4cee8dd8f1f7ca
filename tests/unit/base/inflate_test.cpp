#include "core/base/inflate.h"

#include <doctest/doctest.h>

namespace mailreeve {

namespace {

// Ten times "a".
const std::string kTen("\x78\x9c\x4b\x4c\x84\x01\x00\x14\xe1\x03\xcb", 11);

}  // namespace

TEST_CASE("what zlib packed is unpacked up to a limit") {
  struct Row {
    std::string label;
    std::string bytes;
    std::size_t most;
    Inflated::End end;
    std::string want;
    std::size_t taken;
  };

  using End = Inflated::End;
  const Row rows[] = {
      {"whole", kTen, 10, End::Whole, "aaaaaaaaaa", 11},
      {"with something behind it",
       kTen + "xyz",
       99,
       End::Whole,
       "aaaaaaaaaa",
       11},
      {"more than is wanted", kTen, 9, End::Limit, "aaaaaaaaa", 11},
      {"cut short", kTen.substr(0, 6), 99, End::Damaged, "aaaaaaaaaa", 6},
      {"with a wrong sum",
       kTen.substr(0, 10) + "x",
       99,
       End::Damaged,
       "aaaaaaaaaa",
       11},
      {"something else", "no", 99, End::Damaged, "", 2},
      {"nothing", "", 99, End::Damaged, "", 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = inflateZlib(row.bytes, row.most);
    CHECK(got.end == row.end);
    CHECK(got.bytes == row.want);
    CHECK(got.taken == row.taken);
  }
}

}  // namespace mailreeve
