#include "mgmtd/cli/postfix_tables.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::cli {

TEST_CASE("every form of Postfix table line is read") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;  // "line key=target|target" or "line key! problem".
  };

  const Row rows[] = {
      {"aliases(5)", "info: alice, bob", "1 info=alice|bob;"},
      {"a colon after a blank", "info : alice", "1 info=alice;"},
      {"virtual(5)",
       "info@example.com\talice@example.com",
       "1 info@example.com=alice@example.com;"},
      {"blanks and commas between targets",
       "info: a  b,c ,d",
       "1 info=a|b|c|d;"},
      {"a quoted target with a blank",
       "info: \"odd name\"@x.example",
       "1 info=odd name@x.example;"},
      {"comments and empty lines", "# no\n\ninfo: a\n  # no\n", "3 info=a;"},
      {"a continued line", "info: a,\n\tb\nnext: c", "1 info=a|b;3 next=c;"},
      {"CRLF line ends", "info: a\r\nnext: b\r\n", "1 info=a;2 next=b;"},
      {"a command",
       "lists: \"|/usr/bin/list\"",
       "1 lists! pipes to a command: |/usr/bin/list;"},
      {"a file", "log: /var/log/x", "1 log! delivers to a file: /var/log/x;"},
      {"an included file",
       "all: :include:/etc/all",
       "1 all! includes a file: :include:/etc/all;"},
      {"no target", "info:", "1 info! has no target;"},
      {"no name", ": alice", "1 ! has no name before the targets;"},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto lines = parsePostfixTable(row.text);
    REQUIRE(lines);
    std::string got;
    for (const auto& line : *lines)
      got += std::to_string(line.line) + " " + line.key +
             (line.problem.empty() ? "=" + join(line.targets, "|")
                                   : "! " + line.problem) +
             ";";
    CHECK(got == row.want);
  }
}

}  // namespace mailreeve::cli
