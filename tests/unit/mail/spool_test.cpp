#include "core/mail/spool.h"

#include <doctest/doctest.h>

namespace mailreeve::mail {

TEST_CASE("a spool gives back what was put in") {
  struct Row {
    std::string label;
    std::size_t memory;
    std::size_t pieces;
  };

  const Row rows[] = {
      {"nothing", 100, 0},
      {"all in memory", 1U << 20U, 100},
      {"all in the file", 0, 100},
      {"begun in memory, ended in the file", 5000, 1000},
      {"more than one write step", 5000, 50000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Spool spool({.directory = "/tmp", .memory = row.memory});
    std::string want;
    for (std::size_t i = 0; i < row.pieces; ++i) {
      const std::string piece = "line " + std::to_string(i) + "\r\n";
      REQUIRE(spool.append(piece));
      want += piece;
    }
    CHECK(spool.size() == want.size());
    const auto view = spool.view();
    REQUIRE(view);
    CHECK(*view == want);

    const Spool moved = std::move(spool);
    CHECK(*view == want);
  }
}

TEST_CASE("a spool never grows beyond its limit") {
  Spool spool({.directory = "/tmp", .memory = 4, .limit = 10});
  REQUIRE(spool.append("12345678"));
  const auto more = spool.append("901");
  REQUIRE_FALSE(more);
  CHECK(more.error().code == ErrorCode::Invalid);
  REQUIRE(spool.append("90"));
  CHECK(*spool.view() == "1234567890");
}

TEST_CASE("a spool without a place for its file says so") {
  Spool spool({.directory = "/nowhere/at/all", .memory = 4});
  const auto added = spool.append("12345");
  REQUIRE_FALSE(added);
  CHECK(added.error().code == ErrorCode::Unavailable);
}

TEST_CASE("nothing is appended after a view into the file") {
  Spool spool({.directory = "/tmp", .memory = 0});
  REQUIRE(spool.append("a"));
  REQUIRE(spool.view());
  CHECK_FALSE(spool.append("b"));
}

}  // namespace mailreeve::mail
