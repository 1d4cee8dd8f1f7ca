#include "core/auth/base64.h"

#include <doctest/doctest.h>

namespace mailreeve::auth {

TEST_CASE("base64 is decoded strictly, but for folding") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;  // "-" for refused.
  };

  const Row rows[] = {
      {"one byte", "TQ==", "M"},
      {"two bytes", "TWE=", "Ma"},
      {"three bytes", "TWFu", "Man"},
      {"folded", "TW\r\n\t Fu", "Man"},
      {"without padding", "TWE", "Ma"},
      {"nothing", "", ""},
      {"a byte that does not belong", "TW*u", "-"},
      {"bytes behind padding", "TQ==TQ==", "-"},
      {"too much padding", "TQ===", "-"},
      {"six bits left over", "TWFuT", "-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(decodeBase64(row.text).value_or("-") == row.want);
  }
}

TEST_CASE("what was encoded is decoded") {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(decodeBase64(encodeBase64(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
}

}  // namespace mailreeve::auth
