#include "core/store/accounts.h"

#include <set>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/subprocess.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

struct World {
  Scratch scratch;
  ManualClock clock{kStart};
  Accounts accounts = opened();

  Accounts opened() {
    auto made = Accounts::open(scratch.path / "state.db", clock);
    REQUIRE(made);
    return std::move(*made);
  }
};

NewAccount anna() {
  return {.local = "anna",
          .domain = "example.com",
          .password = "{ARGON2ID}$x",
          .scram = "",
          .displayName = "Anna O'Neil"};
}

}  // namespace

TEST_CASE("an account is added, found, changed and removed") {
  World world;
  auto& accounts = world.accounts;
  const auto added = accounts.add(anna());
  REQUIRE(added);
  CHECK(added->address() == "anna@example.com");
  CHECK(added->displayName == "Anna O'Neil");
  CHECK(added->scheme == "ARGON2ID");
  CHECK_FALSE(added->scram);
  CHECK(added->created == kStart);

  world.clock.advance(1h);
  REQUIRE(
      accounts.setPassword("anna@example.com", "{SSHA}x", "{SCRAM-SHA-256}y"));
  REQUIRE(accounts.setEnabled("anna@example.com", false));
  const auto changed = accounts.find("anna@example.com");
  REQUIRE(changed);
  CHECK(changed->scheme == "SSHA");
  CHECK(changed->scram);
  CHECK_FALSE(changed->enabled);
  CHECK(changed->created == kStart);
  CHECK(changed->lastChanged == kStart + 1h);

  REQUIRE(accounts.remove("anna@example.com"));
  const auto gone = accounts.find("anna@example.com");
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::NotFound);
}

TEST_CASE("changing what is not there is not found") {
  World world;
  for (const auto& done : {world.accounts.setEnabled("x@example.com", true),
                           world.accounts.setPassword("x@y", "{A}b", ""),
                           world.accounts.remove("no at sign")}) {
    REQUIRE_FALSE(done);
    CHECK(done.error().code == ErrorCode::NotFound);
  }
}

TEST_CASE("an address belongs to one account or one alias") {
  World world;
  auto& accounts = world.accounts;
  REQUIRE(
      accounts.replaceDirectory({{"example.com", "example.com"}},
                                {{"info@example.com", "anna@example.com"},
                                 {"info@example.com", "carl@example.com"}}));
  REQUIRE(accounts.add(anna()));
  const auto twice = accounts.add(anna());
  REQUIRE_FALSE(twice);
  CHECK(twice.error().what.find("already") != std::string::npos);
  NewAccount info = anna();
  info.local = "info";
  const auto clash = accounts.add(info);
  REQUIRE_FALSE(clash);
  CHECK(clash.error().what.find("alias for anna@example.com, carl@") !=
        std::string::npos);
}

TEST_CASE("accounts are listed in order, by pattern") {
  World world;
  for (const auto& [local, domain] : {std::pair{"carl", "example.com"},
                                      {"anna", "example.net"},
                                      {"anna", "example.com"}}) {
    NewAccount one = anna();
    one.local = local;
    one.domain = domain;
    REQUIRE(world.accounts.add(one));
  }

  struct Case {
    std::string label;
    std::string pattern;
    std::vector<std::string> want;
  };

  const Case rows[] = {
      {"all", "", {"anna@example.com", "carl@example.com", "anna@example.net"}},
      {"one name", "ANNA@*", {"anna@example.com", "anna@example.net"}},
      {"none", "x*", {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto found = world.accounts.list(row.pattern);
    REQUIRE(found);
    std::vector<std::string> got;
    for (const auto& account : *found) got.push_back(account.address());
    CHECK(got == row.want);
  }
}

TEST_CASE("accounts come in pages that meet without a gap") {
  World world;
  for (int i = 0; i < 25; ++i) {
    NewAccount one = anna();
    one.local = "user" + std::to_string(i);
    one.domain = i % 2 == 0 ? "example.com" : "example.net";
    REQUIRE(world.accounts.add(one));
  }
  std::string after;
  std::vector<std::string> got;
  for (int page = 0; page < 4; ++page) {
    const auto found = world.accounts.list("user*", after, 8);
    REQUIRE(found);
    for (const auto& account : *found) got.push_back(account.address());
    after = got.back();
  }
  CHECK(got.size() == 25);
  CHECK(std::set(got.begin(), got.end()).size() == 25);
}

TEST_CASE("the directory is replaced whole, or not at all") {
  World world;
  auto& accounts = world.accounts;
  REQUIRE(accounts.replaceDirectory({{"a.org", "a.org"}, {"b.org", "a.org"}},
                                    {{"x@a.org", "y@a.org"}}));
  CHECK_FALSE(
      accounts.replaceDirectory({{"c.org", "c.org"}, {"c.org", "c.org"}}, {}));
  CHECK(accounts.aliasTargets("x@a.org")->size() == 1);
  CHECK(*accounts.aliasesFor("y@a.org") == std::vector<std::string>{"x@a.org"});
  REQUIRE(accounts.replaceDirectory({{"c.org", "c.org"}}, {}));
  CHECK(accounts.aliasTargets("x@a.org")->empty());
}

TEST_CASE("work done together is undone together") {
  World world;
  auto& accounts = world.accounts;
  CHECK_FALSE(accounts.together([&]() -> Result<Done> {
    REQUIRE(accounts.add(anna()));
    return Error{ErrorCode::Invalid, "no"};
  }));
  CHECK(accounts.list("")->empty());
}

TEST_CASE("Postfix reads accounts live, as a member of the group") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: needs root to become somebody else");
    return;
  }
  World world;
  REQUIRE(::chmod(world.scratch.path.c_str(), 0755) == 0);
  const auto database = (world.scratch.path / "state.db").string();
  REQUIRE(::chown(world.scratch.path.c_str(), 64001, 64001) == 0);
  for (const char* suffix : {"", "-wal", "-shm"})
    REQUIRE(::chown((database + suffix).c_str(), 64001, 64001) == 0);
  const auto ask = [&database] {
    const auto answer = run({"setpriv",
                             "--reuid=64002",
                             "--regid=64001",
                             "--clear-groups",
                             "sqlite3",
                             "-readonly",
                             database,
                             "SELECT local FROM account WHERE local = 'anna' "
                             "AND domain = 'example.com' AND enabled = 1"});
    REQUIRE(answer);
    return answer->out;
  };
  CHECK(ask() == "");
  REQUIRE(world.accounts.add(anna()));
  CHECK(ask() == "anna\n");
  REQUIRE(world.accounts.setEnabled("anna@example.com", false));
  CHECK(ask() == "");
}

}  // namespace mailreeve::store
