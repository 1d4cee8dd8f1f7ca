#include "mgmtd/keys/keeper.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/auth/dkim/key_file.h"
#include "core/auth/dkim/record.h"
#include "core/config/load.h"
#include "core/dns/zone_resolver.h"
#include "core/store/event_log.h"
#include "tests/unit/scratch.h"

namespace mailreeve::keys {

namespace {

using namespace std::chrono_literals;
using store::DkimKey;
using store::KeyState;

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

struct World {
  Scratch scratch;
  ManualClock clock{kNow};
  Paths paths;
  directory::PolicyPtr policy;

  explicit World(const std::string& domain = "") {
    paths.state = scratch.path;
    std::filesystem::create_directories(paths.databases());
    std::filesystem::create_directories(paths.dkimKeys());
    auto loaded = config::parse({{"test.yaml",
                                  "server: {hostname: mail.example.com}\n"
                                  "domains:\n"
                                  "  - name: example.com\n"
                                  "    additional: [example.net]\n" +
                                      domain,
                                  false}});
    for (const auto& problem : loaded.problems) MESSAGE(problem.text());
    REQUIRE(loaded.ok());
    policy =
        std::make_shared<const directory::Policy>(std::move(loaded.settings));
  }

  [[nodiscard]] Keeper keeper() const { return {paths, clock, policy}; }

  [[nodiscard]] std::filesystem::path file(const DkimKey& key) const {
    return paths.dkimKeys() / dkim::recordName(key.selector, key.domain);
  }
};

void publish(dns::ZoneResolver& zone, const std::vector<DkimKey>& keys) {
  for (const auto& key : keys)
    zone.addText(dkim::recordName(key.selector, key.domain), key.record);
}

std::vector<DkimKey> made(Result<std::vector<DkimKey>> result) {
  if (!result) MESSAGE(result.error().what);
  REQUIRE(result);
  return *std::move(result);
}

std::string states(const World& world) {
  std::string out;
  for (const auto& key : made(world.keeper().list("")))
    out += key.selector + " " + std::string(store::textOf(key.state)) + "\n";
  return out;
}

std::string problemOf(const Result<std::vector<DkimKey>>& result) {
  REQUIRE_FALSE(result);
  return result.error().what;
}

}  // namespace

TEST_CASE("the first keys are a pair that waits, in files for one user") {
  const World world;
  const auto keys = made(world.keeper().create("Example.COM", {}));
  REQUIRE(keys.size() == 2);
  CHECK(states(world) ==
        "mail-20260301-ed25519 pending\nmail-20260301-rsa pending\n");
  CHECK(keys[0].bits == 2048);
  for (const auto& key : keys) {
    struct stat status {};

    REQUIRE(::stat(world.file(key).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    const auto read = dkim::readKeyFile(world.file(key));
    REQUIRE(read);
    CHECK(*dkim::recordText(*read) == key.record);
  }
}

TEST_CASE("what the settings say of new keys holds") {
  const World world(
      "    dkim: {selector_prefix: \"\", rsa_bits: 1024, ed25519: false}\n");
  const auto keys = made(world.keeper().create("example.net", {}));
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].selector == "20260301-rsa");
  CHECK(keys[0].domain == "example.net");
  CHECK(keys[0].bits == 1024);
}

TEST_CASE("what cannot be made is refused in words") {
  const World world;
  const auto keeper = world.keeper();
  CHECK(problemOf(keeper.create("example.org", {})) ==
        "example.org is no domain of the settings in force");
  CHECK(problemOf(keeper.rotate("example.com", {})) ==
        "no key of example.com signs; `mgmtctl dkim create` makes the first");
  CHECK(problemOf(keeper.create("example.com", {.selector = "one"})) ==
        "a pair of keys has two selectors: name the kind");
  CHECK(problemOf(keeper.create(
            "example.com",
            {.selector = "../x", .rsa = false, .ed25519 = true})) ==
        "a selector is made of letters, digits, - and dots, is ../x");
  (void)made(keeper.create("example.com", {}));
  CHECK(problemOf(keeper.create("example.com", {})) ==
        "example.com has the ed25519 key mail-20260301-ed25519 already; "
        "`mgmtctl dkim rotate` makes the next");
}

TEST_CASE("a rotation goes from pending to retired, and its file with it") {
  World world;
  const auto keeper = world.keeper();
  dns::ZoneResolver zone;
  const auto first =
      made(keeper.create("example.com", {.rsa = true, .ed25519 = false}));
  REQUIRE(keeper.advance("", zone));
  CHECK(states(world) == "mail-20260301-rsa pending\n");

  publish(zone, first);
  auto report = keeper.advance("", zone);
  REQUIRE(report);
  CHECK(report->signingChanged);
  CHECK(states(world) == "mail-20260301-rsa active\n");

  const auto next = made(keeper.rotate("example.com", {}));
  REQUIRE(next.size() == 1);  // One for each that signs.
  CHECK(next[0].selector == "mail-20260301-rsa-2");
  CHECK(problemOf(keeper.rotate("example.com", {})) ==
        "example.com has a next key already: mail-20260301-rsa-2 waits for its "
        "record");
  CHECK_FALSE(keeper.remove("example.com", "mail-20260301-rsa"));

  publish(zone, next);
  REQUIRE(keeper.advance("example.com", zone));
  CHECK(states(world) ==
        "mail-20260301-rsa retiring\nmail-20260301-rsa-2 active\n");
  CHECK(std::filesystem::exists(world.file(first[0])));

  world.clock.advance(std::chrono::days(7));
  report = keeper.advance("", zone);
  REQUIRE(report);
  CHECK_FALSE(report->signingChanged);
  CHECK(states(world) ==
        "mail-20260301-rsa retired\nmail-20260301-rsa-2 active\n");
  CHECK_FALSE(std::filesystem::exists(world.file(first[0])));
  CHECK(std::filesystem::exists(world.file(next[0])));
}

TEST_CASE("force is for the keys that are named") {
  const World world;
  const auto keeper = world.keeper();
  dns::ZoneResolver zone;
  (void)made(keeper.create("example.com", {}));
  CHECK_FALSE(keeper.force("example.com", "other"));
  REQUIRE(keeper.force("example.com", "mail-20260301-rsa"));
  REQUIRE(keeper.advance("example.com", zone));
  CHECK(states(world) ==
        "mail-20260301-ed25519 pending\nmail-20260301-rsa active\n");
}

TEST_CASE("a DNS that does not answer changes nothing and is counted") {
  const World world;
  const auto keeper = world.keeper();
  dns::ZoneResolver zone;
  (void)made(keeper.create("example.com", {}));
  const auto keys = made(keeper.list(""));
  for (const auto& key : keys)
    zone.fail(dkim::recordName(key.selector, key.domain));
  const auto report = keeper.advance("", zone);
  REQUIRE(report);
  CHECK(report->unanswered == 2);
  CHECK(report->notices.empty());
  CHECK(made(keeper.list("")) == keys);
}

TEST_CASE("another's key is taken over under its own name") {
  const World world;
  const auto keeper = world.keeper();
  const auto key = dkim::PrivateKey::generate(dkim::KeyKind::Ed25519);
  REQUIRE(key);
  const auto row = keeper.adopt("example.net", "Default", *key, false);
  REQUIRE(row);
  CHECK(row->selector == "default");
  CHECK(states(world) == "default pending\n");
  CHECK_FALSE(keeper.adopt("example.net", "default", *key, false));
  REQUIRE(keeper.remove("example.net", "default"));
  CHECK_FALSE(std::filesystem::exists(world.file(*row)));
}

TEST_CASE("what happened to a key is an event") {
  const World world;
  record(world.paths,
         kNow,
         {{"example.com", "s1", "its record is no longer right", true}});
  const auto events = store::queryEvents(world.paths.logsDatabase(), {});
  REQUIRE(events);
  REQUIRE(events->size() == 1);
  CHECK(events->front().verdict == "warning");
  CHECK(events->front().reason ==
        "DKIM key s1 of example.com: its record is no longer right");
}

}  // namespace mailreeve::keys
