#include "core/config/expectations.h"

#include <doctest/doctest.h>

namespace mailreeve::config {

TEST_CASE("expectations are read with the care of settings") {
  const auto good = parseExpectations(
      {"t.yaml",
       "tests:\n"
       "  - name: bulk is refused\n"
       "    from: a@bulk.example\n"
       "    to: alice@example.com\n"
       "    client: 203.0.113.5\n"
       "    client_name: mx.bulk.example\n"
       "    expect: {code: 550, copies_to: [archive@example.com], "
       "delivered: [], held: false}\n",
       false});
  REQUIRE(good.problems.empty());
  REQUIRE(good.tests.size() == 1);
  CHECK(good.tests[0].to == std::vector<std::string>{"alice@example.com"});
  CHECK(good.tests[0].clientName == "mx.bulk.example");
  const auto& expect = good.tests[0].expect;
  CHECK(expect.code == 550);
  CHECK(expect.copiesTo == std::vector<std::string>{"archive@example.com"});
  CHECK(expect.delivered == std::vector<std::string>{});
  CHECK_FALSE(expect.dropped);
  CHECK(expect.held == false);
  CHECK(good.tests[0].file == "t.yaml");

  const auto bad = parseExpectations(
      {"t.yaml", "tests:\n  - nmae: x\n    expect: {code: 5}\n", false});
  std::string problems;
  for (const auto& p : bad.problems) problems += p.text() + "\n";
  CHECK(problems ==
        "t.yaml:2:5: tests[0].name: is required\n"
        "t.yaml:2:5: tests[0].to: is required\n"
        "t.yaml:3:20: tests[0].expect.code: must be 200..599, is 5\n"
        "t.yaml:2:5: tests[0].nmae: unknown key; did you mean \"name\"?\n");
}

TEST_CASE("a directory that is not there holds no expectation") {
  const auto none = loadExpectations("/nonexistent");
  CHECK(none.tests.empty());
  CHECK(none.problems.empty());
}

}  // namespace mailreeve::config
