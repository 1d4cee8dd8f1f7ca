#include "core/config/text_kinds.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve::config {

namespace {

TEST_CASE("texts are UTF-8, as RFC 3629 has it") {
  struct Row {
    std::string label;
    std::string text;
    bool valid;
  };

  const Row rows[] = {
      {"ASCII", "plain", true},
      {"two, three and four bytes",
       "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xa7",
       true},
      {"the last character", "\xf4\x8f\xbf\xbf", true},
      {"beyond it", "\xf4\x90\x80\x80", false},
      {"far beyond it", "\xf6\xb0\xba\x9a", false},
      {"half of a pair", "\xed\xa0\x80", false},
      {"two bytes for one", "\xc0\xaf", false},
      {"three bytes for two", "\xe0\x82\xa9", false},
      {"four bytes for three", "\xf0\x82\x82\xac", false},
      {"cut off", "\xe2\x82", false},
      {"a byte that begins nothing", "\x80", false},
      {"Latin-1", "caf\xe9", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(checkText(TextKind::Free, row.text) ==
          (row.valid ? "" : "must be valid UTF-8"));
  }
}

}  // namespace

}  // namespace mailreeve::config
