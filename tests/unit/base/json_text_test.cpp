#include "core/base/json_text.h"

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("a text becomes a JSON string") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"plain", "pass, 3 of 50", "\"pass, 3 of 50\""},
      {"nothing", "", "\"\""},
      {"a quote and a backslash", "a\"b\\c", R"("a\"b\\c")"},
      {"a line end and a zero", std::string("a\nb\0", 4), R"("a\nb\u0000")"},
      {"DEL", "\x7f", "\"\x7f\""},
      {"UTF-8", "gr\xc3\xbcn", "\"gr\xc3\xbcn\""},
      {"no UTF-8", "gr\xfcn", "\"gr\xef\xbf\xbdn\""},
      {"half of a character at the end", "a\xc3", "\"a\xef\xbf\xbd\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(jsonText(row.text) == row.want);
  }
}

}  // namespace mailreeve
