// What policyd counts: hits of list entries, recipients that do not exist.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "core/store/list_hits.h"
#include "core/store/unknown_recipients.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

const TimePoint kStart = std::chrono::system_clock::from_time_t(1'770'000'000);

// "allow bank 2, block spam 0": by list and name.
std::string text(const std::filesystem::path& path) {
  auto hits = readListHits(path);
  REQUIRE(hits);
  std::vector<std::string> lines;
  for (const auto& hit : *hits)
    lines.push_back(hit.list + " " + hit.name + " " + std::to_string(hit.hits));
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : ", ") + line;
  return out;
}

}  // namespace

TEST_CASE("hits of the lists add up, over processes and over renamed entries") {
  const Scratch scratch;
  const auto path = scratch.path / "counters.db";
  const ManualClock clock(kStart);
  CHECK(text(path).empty());
  {
    ListHits first;
    ListHits second;
    WriteBehind one(path, clock, {&first}, 1h);
    WriteBehind two(path, clock, {&second}, 1h);
    first.keep({{"allow", "bank"}, {"block", "spam"}}, kStart);
    first.count("allow", "bank", kStart + 1min);
    second.count("allow", "bank", kStart + 2min);
    REQUIRE(one.flush());
    REQUIRE(two.flush());
    CHECK(text(path) == "allow bank 2, block spam 0");
    const auto hits = readListHits(path);
    const auto bank =
        std::find_if(hits->begin(), hits->end(), [](const ListHit& hit) {
          return hit.name == "bank";
        });
    CHECK(bank->last == kStart + 2min);
    CHECK(bank->since == kStart);
  }
  ListHits later;
  WriteBehind writer(path, clock, {&later}, 1h);
  later.keep({{"allow", "bank"}, {"block", "junk"}}, kStart + 1h);
  REQUIRE(writer.flush());
  CHECK(text(path) == "allow bank 2, block junk 0");
}

TEST_CASE("recipients that do not exist are counted by client and day") {
  const Scratch scratch;
  const auto path = scratch.path / "counters.db";
  const ManualClock clock(kStart);
  {
    UnknownRecipients counts;
    const WriteBehind writer(path, clock, {&counts}, 1h);
    CHECK(counts.add("192.0.2.7", "2027-01-01") == 1);
    CHECK(counts.add("192.0.2.7", "2027-01-01") == 2);
    CHECK(counts.add("192.0.2.8", "2027-01-01") == 1);
    CHECK(counts.count("192.0.2.9", "2027-01-01") == 0);
  }
  UnknownRecipients again;
  const WriteBehind writer(path, clock, {&again}, 1h);
  CHECK(again.count("192.0.2.7", "2027-01-01") == 2);
  CHECK(again.count("192.0.2.7", "2027-01-02") == 0);
  CHECK(again.add("192.0.2.7", "2027-01-02") == 1);
  CHECK(again.count("192.0.2.8", "2027-01-01") == 0);
}

}  // namespace mailreeve::store
