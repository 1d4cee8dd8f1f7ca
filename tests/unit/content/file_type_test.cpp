#include "core/content/file_type.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::content {

TEST_CASE("a file is what it is, behind however many empty lines") {
  struct Row {
    std::string label;
    std::string bytes;
    std::string want;
  };

  const std::string ends(std::size_t{1} << 20U, '\n');
  const std::string script = "import os\ndef a():\n  return 1\n";
  const FileTypes types;
  const Row rows[] = {
      {"nothing else", ends, "text/plain"},
      {"blanks between them", replaceAll(ends, "\n\n", "\t\n"), "text/plain"},
      {"words behind them", ends.substr(0, 4000) + "words\n", "text/plain"},
      {"a script", script, "text/x-script.python"},
      {"a script behind them",
       ends.substr(0, 9000) + script,
       "text/x-script.python"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto start = std::chrono::steady_clock::now();
    CHECK(*types.typeOf(row.bytes) == row.want);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
}

}  // namespace mailreeve::content
