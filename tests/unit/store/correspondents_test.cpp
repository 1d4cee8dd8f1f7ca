#include "core/store/correspondents.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "core/store/written_correspondents.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using std::chrono::days;

const TimePoint kNoon{std::chrono::seconds(1'700'568'000)};

// What is written is known a moment later.
bool comesToKnow(WrittenCorrespondents& written,
                 const std::string& user,
                 const std::string& address) {
  for (int i = 0; i < 1000 && !written.knows(user, address, 365); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return written.knows(user, address, 365);
}

}  // namespace

TEST_CASE("who was written to is known to who wrote, and to nobody else") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  auto all = Correspondents::open(scratch.path / "counters.db", clock);
  REQUIRE(all);
  (*all)->note("alice@example.com", "friend@far.example");
  (*all)->note("alice@example.com", "");
  CHECK((*all)->knows("alice@example.com", "friend@far.example", 365));
  CHECK_FALSE((*all)->knows("bob@example.com", "friend@far.example", 365));
  CHECK_FALSE((*all)->knows("friend@far.example", "alice@example.com", 365));
  CHECK((*all)->size() == 1);
}

TEST_CASE("nothing is written before there is something to write") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto path = scratch.path / "counters.db";
  auto all = Correspondents::open(path, clock);
  REQUIRE(all);
  CHECK_FALSE((*all)->knows("a@example.com", "b@far.example", 365));
  (*all)->flush();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("what was noted is there after a restart, as long as it is fresh") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  const auto path = scratch.path / "counters.db";
  {
    auto all = Correspondents::open(path, clock);
    REQUIRE(all);
    (*all)->note("alice@example.com", "old@far.example");
    (*all)->note("alice@example.com", "again@far.example");
    (*all)->flush();
    clock.advance(days(20));
    (*all)->note("alice@example.com", "again@far.example");
  }  // The rest is written when it goes.
  clock.advance(days(20));
  auto all = Correspondents::open(path, clock);
  REQUIRE(all);
  CHECK_FALSE((*all)->knows("alice@example.com", "old@far.example", 30));
  CHECK((*all)->knows("alice@example.com", "again@far.example", 30));

  const auto gone = deleteCorrespondentsBefore(path, clock.now() - days(30));
  REQUIRE(gone);
  CHECK(*gone == 1);
  auto rest = Correspondents::open(path, clock);
  REQUIRE(rest);
  CHECK((*rest)->size() == 1);
}

TEST_CASE("another process knows what is written, and asks anew") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  const auto path = scratch.path / "counters.db";
  WrittenCorrespondents written(path, clock);
  const std::string alice = "alice@example.com";
  CHECK_FALSE(written.knows(alice, "friend@far.example", 365));
  auto all = Correspondents::open(path, clock);
  REQUIRE(all);
  (*all)->note(alice, "friend@far.example");
  (*all)->flush();
  CHECK(comesToKnow(written, alice, "friend@far.example"));
  CHECK_FALSE(written.knows("bob@example.com", "friend@far.example", 365));
  (*all)->note(alice, "late@far.example");
  (*all)->flush();
  CHECK(comesToKnow(written, alice, "late@far.example"));
  clock.advance(days(10));
  (*all)->note(alice, "next@far.example");
  (*all)->flush();
  CHECK(comesToKnow(written, alice, "next@far.example"));
  CHECK(written.knows(alice, "late@far.example", 10));
  CHECK_FALSE(written.knows(alice, "late@far.example", 9));

  // Another file in its place is read anew.
  const auto other = scratch.path / "other.db";
  {
    auto rest = Correspondents::open(other, clock);
    REQUIRE(rest);
    (*rest)->note(alice, "other@far.example");
    (*rest)->flush();
  }
  for (const char* part : {"-wal", "-shm"})
    std::filesystem::remove(path.string() + part);
  std::filesystem::rename(other, path);
  CHECK(comesToKnow(written, alice, "other@far.example"));
  CHECK_FALSE(written.knows(alice, "late@far.example", 365));

  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  CHECK_FALSE(written.knows(alice, "late@far.example", 365));
}

TEST_CASE("strangers cost the database nothing") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto path = scratch.path / "counters.db";
  auto all = Correspondents::open(path, clock);
  REQUIRE(all);
  (*all)->note("alice@example.com", "friend@far.example");
  (*all)->flush();
  WrittenCorrespondents written(path, clock);
  const auto timeOf = [&written](const std::string& address, bool known) {
    const auto start = std::chrono::steady_clock::now();
    bool always = true;
    for (int i = 0; i < 20'000; ++i)
      always =
          always && written.knows("alice@example.com", address, 365) == known;
    CHECK(always);
    return std::chrono::steady_clock::now() - start;
  };
  const auto friends = timeOf("friend@far.example", true);
  CHECK(timeOf("stranger@spam.example", false) * 2 < friends);
}

TEST_CASE("a database that cannot be written costs nobody his mail") {
  const Scratch scratch;
  ManualClock clock(kNoon);
  auto all = Correspondents::open(scratch.path / "no" / "counters.db", clock);
  REQUIRE(all);
  (*all)->note("alice@example.com", "friend@far.example");
  (*all)->flush();
  CHECK((*all)->knows("alice@example.com", "friend@far.example", 365));
}

}  // namespace mailreeve::store
