// What an expectation makes of the outcome of a dry run.
#include "mgmtd/cli/policy_tests.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::cli {

namespace {

using config::Expected;
using List = std::vector<std::string>;

const List kAnna = {"anna@example.com"};

DryRun delivered() {
  DryRun run;
  run.accepted = kAnna;
  return run;
}

DryRun held() {
  DryRun run;
  run.decidedBy = "content_rules";
  run.held = kAnna;
  return run;
}

DryRun discarded() {
  DryRun run;
  run.decidedBy = "content_rules";
  run.dropped = kAnna;
  return run;
}

}  // namespace

TEST_CASE("three fates have one reply code, and expectations tell them apart") {
  struct Row {
    std::string label;
    Expected expected;
    std::string ofDelivered;  // What does not hold; empty: nothing.
    std::string ofHeld;
    std::string ofDiscarded;
  };

  const std::string notHeld = "it is not held, expected to be";
  const std::string isHeld = "it is held (content_rules), expected not to be";
  const std::vector<Row> rows = {
      {"nothing but the code", {.code = 250}, "", "", ""},
      {"held", {.held = true}, notHeld, "", notHeld},
      {"not held", {.held = false}, "", isHeld, ""},
      {"delivered to her, in whatever case",
       {.delivered = List{"Anna@example.com"}},
       "",
       "delivered to [], expected [Anna@example.com]",
       "delivered to [], expected [Anna@example.com]"},
      {"delivered to nobody",
       {.delivered = List{}},
       "delivered to [anna@example.com], expected []",
       "",
       ""},
      {"discarded for nobody",
       {.dropped = List{}},
       "",
       "",
       "discarded are [anna@example.com], expected []"},
      {"copied to nobody", {.copiesTo = List{}}, "", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(join(failuresOf(row.expected, delivered()), "; ") == row.ofDelivered);
    CHECK(join(failuresOf(row.expected, held()), "; ") == row.ofHeld);
    CHECK(join(failuresOf(row.expected, discarded()), "; ") == row.ofDiscarded);
  }
}

}  // namespace mailreeve::cli
