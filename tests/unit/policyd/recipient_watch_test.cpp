// Who exists, as policyd remembers it: what it has not read yet it does not
// deny.
#include "policyd/recipient_watch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "core/base/clock.h"
#include "core/store/accounts.h"
#include "tests/unit/becomes.h"
#include "tests/unit/scratch.h"

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

std::filesystem::path databaseIn(const Scratch& scratch) {
  return scratch.path / "state.db";
}

void addAccount(store::Accounts& accounts, const std::string& local) {
  REQUIRE(accounts.add({local, "home.example", "{PLAIN}x", "", "", true}));
}

store::Accounts household(const Scratch& scratch, const Clock& clock) {
  auto accounts = store::Accounts::open(databaseIn(scratch), clock);
  REQUIRE(accounts);
  REQUIRE(accounts->replaceDirectory(
      {{"home.example", "home.example"}, {"all.example", "all.example"}},
      {{"info@home.example", "a@home.example"},
       {"@all.example", "a@home.example"}}));
  addAccount(*accounts, "a");
  return std::move(*accounts);
}

}  // namespace

TEST_CASE("accounts, aliases and whole domains exist, others do not") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  const auto accounts = household(scratch, clock);
  RecipientWatch watch(databaseIn(scratch), 1h);
  CHECK(watch.exists("a@home.example") == std::nullopt);
  watch.want(true);

  struct Row {
    std::string label;
    std::string mailbox;
    bool exists;
  };

  for (const auto& row : {
           Row{"an account", "a@home.example", true},
           Row{"an alias", "info@home.example", true},
           Row{"anything in a caught domain", "x@all.example", true},
           Row{"a name nobody has", "b@home.example", false},
           Row{"no address", "nonsense", false},
       }) {
    CAPTURE(row.label);
    CHECK(watch.exists(row.mailbox) == std::optional(row.exists));
  }
}

TEST_CASE("who was added a moment ago is never said not to exist") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  auto accounts = household(scratch, clock);
  RecipientWatch watch(databaseIn(scratch), 1h);
  watch.want(true);
  CHECK(watch.exists("b@home.example") == std::optional(false));
  addAccount(accounts, "b");
  CHECK(watch.exists("b@home.example") == std::nullopt);
  CHECK(watch.exists("a@home.example") == std::optional(true));
}

TEST_CASE("and is known when the file has been read again") {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  auto accounts = household(scratch, clock);
  RecipientWatch watch(databaseIn(scratch), 5ms);
  watch.want(true);
  addAccount(accounts, "b");
  CHECK(becomes(
      [&] { return watch.exists("b@home.example") == std::optional(true); }));
  CHECK(watch.exists("c@home.example") == std::optional(false));
}

TEST_CASE("another file in its place is read") {
  const Scratch scratch;
  const Scratch elsewhere;
  const ManualClock clock(kNoon);
  { const auto accounts = household(scratch, clock); }
  {
    auto accounts = household(elsewhere, clock);
    addAccount(accounts, "b");
  }
  RecipientWatch watch(databaseIn(scratch), 5ms);
  watch.want(true);
  for (const char* suffix : {"-wal", "-shm", ""})
    std::filesystem::rename(databaseIn(elsewhere).string() + suffix,
                            databaseIn(scratch).string() + suffix);
  CHECK(becomes(
      [&] { return watch.exists("b@home.example") == std::optional(true); }));
}

TEST_CASE("a file that cannot be read says nothing of anybody") {
  const Scratch scratch;
  std::ofstream(databaseIn(scratch)) << std::string(5000, 'x');
  RecipientWatch watch(databaseIn(scratch), 5ms);
  watch.want(true);
  CHECK(watch.exists("a@home.example") == std::nullopt);
}

}  // namespace mailreeve::policyd
