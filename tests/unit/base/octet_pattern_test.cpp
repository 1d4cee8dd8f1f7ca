#include "core/base/octet_pattern.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("answers of DNS lists, as postscreen's patterns name them") {
  struct Row {
    std::string label;
    std::string pattern;
    std::string address;
    bool fits;
  };

  const Row rows[] = {
      {"an address", "127.0.0.2", "127.0.0.2", true},
      {"another", "127.0.0.2", "127.0.0.3", false},
      {"the first of a range", "127.0.0.[2..11]", "127.0.0.2", true},
      {"the last of it", "127.0.0.[2..11]", "127.0.0.11", true},
      {"beyond it", "127.0.0.[2..11]", "127.0.0.12", false},
      {"one of several", "127.0.[0;2].[1;4..6]", "127.0.2.5", true},
      {"none of several", "127.0.[0;2].[1;4..6]", "127.0.2.3", false},
      {"IPv6 never", "127.0.0.2", "::7f00:2", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto pattern = OctetPattern::parse(row.pattern);
    REQUIRE(pattern);
    CHECK(pattern->fits(*parseIp(row.address)) == row.fits);
  }
}

TEST_CASE("what is no pattern of answers") {
  for (const std::string text : {"",
                                 "127.0.0",
                                 "127.0.0.2.3",
                                 "127.0.0.2.",
                                 "127.0.0.256",
                                 "127.0.0.[2..11",
                                 "127.0.0.2..11",
                                 "127.0.0.[11..2]",
                                 "127.0.0.[]",
                                 "127.0.0.[2;]",
                                 "127.0.0.[2]3",
                                 "[127.0.0.2]",
                                 "bad.example"}) {
    CAPTURE(text);
    CHECK_FALSE(OctetPattern::parse(text).has_value());
  }
}

}  // namespace mailreeve
