#include "core/store/greylist.h"

#include <atomic>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;
using Kind = GreylistAnswer::Kind;

const TimePoint kStart = std::chrono::system_clock::from_time_t(1'770'000'000);

GreylistSender from(const std::string& origin,
                    const std::string& sender = "a@far.example") {
  return {{origin}, sender, "bob@home.example"};
}

// "first attempt 120", "known sender".
std::string text(const GreylistAnswer& answer) {
  std::string out(name(answer.kind));
  if (!answer.passes()) out += " " + std::to_string(answer.wait.count());
  return out;
}

}  // namespace

TEST_CASE("who comes again after the delay passes, and is known from then on") {
  Greylist list;
  GreylistTerms terms;

  struct Case {
    std::string label;
    std::chrono::seconds at;
    std::string want;
  };

  const Case rows[] = {
      {"the first attempt", 0s, "first attempt 120"},
      {"at once again", 1s, "came too early 119"},
      {"an early retry does not begin the delay anew",
       119s,
       "came too early 1"},
      {"after the delay", 120s, "waited long enough"},
      {"the next message", 121s, "known sender"},
      {"a month later", 30 * 24h, "known sender"},
      {"and another, because its use renewed it", 60 * 24h, "known sender"},
      {"after long silence", 100 * 24h, "first attempt 120"},
      {"the retry of it comes too late", 103 * 24h, "first attempt 120"},
      {"the retry of that in time", 103 * 24h + 40h, "waited long enough"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto now = kStart + row.at;
    CHECK(text(list.look(from("far.example"), terms, now)) == row.want);
    CHECK(text(list.attempt(from("far.example"), terms, now)) == row.want);
  }
}

TEST_CASE("only the whole triplet is the same sender") {
  Greylist list;
  const GreylistTerms terms;
  (void)list.attempt(from("192.0.2.0/24"), terms, kStart);
  const auto later = kStart + 10min;
  CHECK(list.look(from("192.0.3.0/24"), terms, later).kind == Kind::First);
  CHECK(list.look(from("192.0.2.0/24", "b@far.example"), terms, later).kind ==
        Kind::First);
  GreylistSender other = from("192.0.2.0/24");
  other.recipient = "eve@home.example";
  CHECK(list.look(other, terms, later).kind == Kind::First);
  CHECK(list.look(from("192.0.2.0/24"), terms, later).kind == Kind::Waited);
}

TEST_CASE("a pool of senders is one, whatever could be proven when") {
  Greylist list;
  const GreylistTerms terms;

  struct Case {
    std::string label;
    std::vector<std::string> origins;
    std::chrono::seconds at;
    std::string want;
  };

  const Case rows[] = {
      {"SPF vouches for it",
       {"far.example", "192.0.2.0/24"},
       0s,
       "first attempt 120"},
      {"the retry comes from another network",
       {"far.example", "198.51.100.0/24"},
       130s,
       "waited long enough"},
      {"a third is known",
       {"far.example", "203.0.113.0/24"},
       140s,
       "known sender"},
      {"its network alone never was",
       {"192.0.2.0/24"},
       140s,
       "first attempt 120"},
      {"SPF was not known at first and is now",
       {"far.example", "192.0.2.0/24"},
       150s,
       "known sender"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(text(list.attempt({row.origins, "a@far.example", "bob@home.example"},
                            terms,
                            kStart + row.at)) == row.want);
  }

  SUBCASE("seen by its network first, it passes under the domain") {
    const GreylistSender plain{
        {"192.0.2.0/24"}, "c@far.example", "bob@home.example"};
    const GreylistSender proven{
        {"far.example", "192.0.2.0/24"}, "c@far.example", "bob@home.example"};
    const GreylistSender elsewhere{
        {"far.example"}, "c@far.example", "bob@home.example"};
    CHECK(list.attempt(plain, terms, kStart).kind == Kind::First);
    CHECK(list.attempt(proven, terms, kStart + 3min).kind == Kind::Waited);
    CHECK(list.attempt(elsewhere, terms, kStart + 4min).kind ==
          Kind::KnownSender);
  }
}

TEST_CASE("an origin whose senders come again is not asked to any more") {
  Greylist list;
  GreylistTerms terms;
  terms.autoPass = 3;
  for (int i = 0; i < 3; ++i) {
    const auto sender = from("far.example", std::to_string(i) + "@far.example");
    CHECK(list.attempt(sender, terms, kStart).kind == Kind::First);
    CHECK(list.attempt(sender, terms, kStart + 5min).kind == Kind::Waited);
  }
  const auto fresh = from("far.example", "new@far.example");
  CHECK(list.attempt(fresh, terms, kStart + 6min).kind == Kind::GoodOrigin);
  CHECK(list.attempt(fresh, terms, kStart + 100 * 24h).kind == Kind::First);
  terms.autoPass = 0;
  CHECK(list.attempt(fresh, terms, kStart + 6min).kind != Kind::GoodOrigin);
}

TEST_CASE("memory is bounded, and who is known is forgotten last") {
  Greylist list;
  GreylistTerms terms;
  terms.most = 1000;
  terms.autoPass = 0;
  const auto known = from("good.example");
  (void)list.attempt(known, terms, kStart);
  (void)list.attempt(known, terms, kStart + 3min);
  for (int i = 0; i < 5000; ++i)
    (void)list.attempt(from("bad.example", std::to_string(i) + "@bad.example"),
                       terms,
                       kStart + 4min + std::chrono::seconds(i));
  CHECK(list.size() <= 1000);
  CHECK(list.look(known, terms, kStart + 3h).kind == Kind::KnownSender);
}

TEST_CASE("what is forgotten when follows the terms of the last attempt") {
  const Scratch scratch;
  Greylist list;
  auto database = Database::open(scratch.path / "counters.db", list.schema());
  REQUIRE(database.ok());
  GreylistTerms terms;
  const auto attempt = [&](const std::string& whence, std::chrono::seconds at) {
    return text(list.attempt(from(whence), terms, kStart + at));
  };
  (void)attempt("idle.example", 0s);
  (void)attempt("idle.example", 10min);
  (void)attempt("busy.example", 0s);
  (void)attempt("busy.example", 40min);
  // One who is known, and was here a moment ago, brings new terms.
  terms.keep = 1h;
  CHECK(attempt("busy.example", 50min) == "known sender");
  REQUIRE(list.write(*database, kStart + 90min).ok());
  CHECK(list.size() == 1);
}

TEST_CASE("two first attempts at once are one record") {
  Greylist list;
  const GreylistTerms terms;
  std::atomic<int> firsts{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 200; ++n)
          if (list.attempt(
                      from("far.example", std::to_string(n)), terms, kStart)
                  .kind == Kind::First)
            ++firsts;
      });
  }
  CHECK(firsts == 200);
  CHECK(list.size() == 200);
}

TEST_CASE("what is known survives the process") {
  const Scratch scratch;
  const auto path = scratch.path / "counters.db";
  ManualClock clock(kStart);
  GreylistTerms terms;
  terms.autoPass = 1;
  const GreylistSender odd{{"far.example"}, "o'br\"ien@far.example", "x@y"};
  {
    Greylist list;
    const WriteBehind writer(path, clock, {&list});
    CHECK(writer.healthy());
    (void)list.attempt(from("far.example"), terms, kStart);
    (void)list.attempt(odd, terms, kStart);
    (void)list.attempt(from("far.example"), terms, kStart + 3min);
  }
  Greylist again;
  {
    const WriteBehind writer(path, clock, {&again});
    CHECK(again.size() == 2);
    CHECK(again.look(from("far.example"), terms, kStart + 4min).kind ==
          Kind::GoodOrigin);
    terms.autoPass = 0;
    CHECK(again.look(from("far.example"), terms, kStart + 4min).kind ==
          Kind::KnownSender);
    CHECK(again.look(odd, terms, kStart + 1s).kind == Kind::Early);
    (void)again.attempt(odd, terms, kStart + 4min);
    clock.advance(200 * 24h);  // All of it is stale at the next write.
  }
  Greylist empty;
  const WriteBehind writer(path, clock, {&empty});
  CHECK(empty.size() == 0);
}

TEST_CASE("a database that fails is told, and written when it is back") {
  const Scratch scratch;
  const auto path = scratch.path / "none" / "counters.db";
  ManualClock clock(kStart);
  Greylist list;
  WriteBehind writer(path, clock, {&list}, 1h);
  CHECK(!writer.healthy());
  (void)list.attempt(from("far.example"), {}, kStart);
  CHECK(!writer.flush());
  std::filesystem::create_directory(path.parent_path());
  CHECK(writer.flush());
  CHECK(writer.healthy());

  Greylist other;
  const WriteBehind reader(path, clock, {&other}, 1h);
  CHECK(other.size() == 1);
}

TEST_CASE("whoever starts with a database that cannot be opened starts") {
  const Scratch scratch;
  const auto path = scratch.path / "counters.db";
  std::filesystem::create_directory(path);
  const ManualClock clock(kStart);
  Greylist list;
  const auto begin = std::chrono::steady_clock::now();
  {
    WriteBehind writer(path, clock, {&list}, 5ms);
    CHECK(!writer.healthy());
    std::filesystem::remove(path);
    for (int i = 0; i < 2000 && !writer.healthy(); ++i)
      std::this_thread::sleep_for(5ms);
    CHECK(writer.healthy());
  }
  CHECK(std::chrono::steady_clock::now() - begin < 15s);
}

TEST_CASE("or is locked by another") {
  const Scratch scratch;
  const auto path = scratch.path / "counters.db";
  const ManualClock clock(kStart);
  Greylist list;
  auto other = Database::open(path, list.schema());
  REQUIRE(other);
  REQUIRE(other->execute("BEGIN EXCLUSIVE"));
  const auto begin = std::chrono::steady_clock::now();
  WriteBehind writer(path, clock, {&list}, 5ms);
  CHECK(std::chrono::steady_clock::now() - begin < 4s);
  CHECK(!writer.healthy());
  REQUIRE(other->execute("ROLLBACK"));
  CHECK(writer.flush());
  CHECK(writer.healthy());
}

TEST_CASE("what came while the database was broken joins what it knew") {
  const Scratch scratch;
  const auto path = scratch.path / "counters.db";
  const auto aside = scratch.path / "aside.db";
  const ManualClock clock(kStart);
  GreylistTerms terms;
  terms.autoPass = 2;
  const auto old = from("far.example", "old@far.example");
  const auto waiting = from("far.example", "waiting@far.example");
  const auto forgotten = from("far.example", "forgotten@far.example");
  {
    Greylist list;
    const WriteBehind writer(path, clock, {&list}, 1h);
    (void)list.attempt(forgotten, terms, kStart - 60h);
    (void)list.attempt(old, terms, kStart - 1h);
    (void)list.attempt(old, terms, kStart);
    (void)list.attempt(waiting, terms, kStart);
  }
  std::filesystem::rename(path, aside);
  std::filesystem::create_directory(path);

  Greylist list;
  WriteBehind writer(path, clock, {&list}, 1h);
  const auto now = kStart + 3min;
  for (const auto& sender : {old, waiting, forgotten})
    CHECK(list.attempt(sender, terms, now).kind == Kind::First);
  const auto fresh = from("far.example", "fresh@far.example");
  (void)list.attempt(fresh, terms, kStart);
  CHECK(list.attempt(fresh, terms, now).kind == Kind::Waited);
  std::filesystem::remove(path);
  std::filesystem::rename(aside, path);
  REQUIRE(writer.flush());

  CHECK(list.look(from("far.example", "new@far.example"), terms, now).kind ==
        Kind::GoodOrigin);
  terms.autoPass = 0;
  CHECK(list.look(old, terms, now).kind == Kind::KnownSender);
  CHECK(list.look(waiting, terms, now).kind == Kind::Waited);
  CHECK(list.look(forgotten, terms, now).kind == Kind::Early);
}

}  // namespace mailreeve::store
