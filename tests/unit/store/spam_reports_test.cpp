#include "core/store/spam_reports.h"

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

const TimePoint kNoon{std::chrono::seconds(1'700'568'000)};

}  // namespace

TEST_CASE("what is reported is listed, read and removed") {
  const Scratch scratch;
  const auto& here = scratch.path;
  const std::string mail = "Subject: x\r\n\r\nbuy\r\n";
  const auto later = addSpamReport(here,
                                   false,
                                   "bob@example.com",
                                   "H: i\r\n\r\n",
                                   kNoon + std::chrono::seconds(1));
  const auto id = addSpamReport(here, true, "alice\r\nX: y", mail, kNoon);
  REQUIRE(id);
  REQUIRE(later);
  const auto reports = listSpamReports(here);
  REQUIRE(reports);
  REQUIRE(reports->size() == 2);
  const auto& first = reports->front();
  CHECK(first.id == *id);
  CHECK(first.spam);
  CHECK(first.reporter == "alice??X: y");
  CHECK(first.at == kNoon);
  CHECK(first.size == mail.size());
  CHECK_FALSE(reports->back().spam);
  CHECK(*readSpamReport(here, *id) == mail);
  CHECK(removeSpamReport(here, *id));
  CHECK(readSpamReport(here, *id).error().code == ErrorCode::NotFound);
  CHECK(removeSpamReport(here, *id).error().code == ErrorCode::NotFound);
}

TEST_CASE("what is no report of ours is not touched") {
  const Scratch scratch;
  const auto& here = scratch.path;
  REQUIRE(replaceFile(here / "secret", "x"));
  std::filesystem::create_symlink(here / "secret",
                                  here / "1700568000000000-1.spam");
  REQUIRE(replaceFile(here / ".1700568000000000-2.spam", "half written"));
  CHECK(listSpamReports(here)->empty());
  for (const std::string id : {"",
                               "secret",
                               "../secret",
                               "1700568000000000-1.spam",
                               "1700568000000000-../x.spam",
                               "1700568000000000-1.exe"}) {
    CAPTURE(id);
    CHECK_FALSE(readSpamReport(here, id));
  }
  CHECK_FALSE(removeSpamReport(here, "secret"));
  CHECK(std::filesystem::exists(here / "secret"));
}

TEST_CASE("there is a limit for each report") {
  const Scratch scratch;
  const std::string large(SpamReportLimits::kBytes + 1, 'x');
  CHECK_FALSE(addSpamReport(scratch.path, true, "a", large, kNoon));
  CHECK_FALSE(addSpamReport(scratch.path, true, "a", "", kNoon));
  CHECK(listSpamReports(scratch.path / "missing")->empty());
}

}  // namespace mailreeve::store
