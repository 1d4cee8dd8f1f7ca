#include "core/store/quarantine.h"

#include <fstream>
#include <functional>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/store/quarantine_files.h"
#include "core/store/quarantine_tables.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr const char* kBytes = "Subject: x\r\n\r\nHello.\r\n";

struct World {
  Scratch scratch;
  ManualClock clock{kStart};
  std::unique_ptr<Quarantine> quarantine = opened();

  std::unique_ptr<Quarantine> opened() {
    auto made =
        Quarantine::open(scratch.path, scratch.path / "state.db", clock);
    REQUIRE(made);
    return *std::move(made);
  }

  std::string held(HeldMessage message, std::string_view bytes = kBytes) {
    auto id = quarantine->hold(std::move(message), bytes, 0);
    REQUIRE(id);
    return *id;
  }

  std::string stateOf(const std::string& id, const std::string& address) {
    const auto message = quarantine->find(id);
    REQUIRE(message);
    for (const auto& one : message->recipients)
      if (one.address == address) return std::string(name(one.state));
    return "none";
  }
};

HeldRecipient recipientOf(const std::string& address,
                          const std::string& original = "") {
  HeldRecipient one;
  one.address = address;
  one.mailbox = address;
  one.original = original.empty() ? address : original;
  return one;
}

HeldMessage spam() {
  HeldMessage m;
  m.sender = "Pest@outside.example";
  m.recipients = {recipientOf("anna@example.com"),
                  recipientOf("ben@example.com", "sales@example.com")};
  m.subject = "Buy 100% now";
  m.kind = HeldKind::Spam;
  m.step = "spam";
  m.found = "BAYES_99";
  m.queueId = "4ABC";
  m.traceCode = "K7M2";
  return m;
}

}  // namespace

TEST_CASE("what is held is on the disk to the byte, and nobody else's") {
  World world;
  const std::string bytes("A: \xff\x01 raw\r\n\r\n\0 body", 19);
  const auto id = world.held(spam(), bytes);
  const auto message = world.quarantine->find(id);
  REQUIRE(message);
  CHECK(message->size == static_cast<std::int64_t>(bytes.size()));
  CHECK(message->sender == "Pest@outside.example");
  CHECK(message->recipients.size() == 2);
  const auto back = world.quarantine->bytes(*message);
  REQUIRE(back);
  CHECK(*back == bytes);
  const auto path = heldFile(world.scratch.path, id);
  CHECK(path.parent_path() == world.scratch.path / "2026" / "03" / "01");

  struct stat found {};

  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777U) == 0600);
  const auto part = world.quarantine->part(*message, 3, 4);
  REQUIRE(part);
  CHECK(*part == bytes.substr(3, 4));
}

TEST_CASE("bytes that were changed on the disk are not given out as received") {
  World world;
  const auto id = world.held(spam());
  std::ofstream(heldFile(world.scratch.path, id)) << "other";
  CHECK_FALSE(world.quarantine->bytes(*world.quarantine->find(id)).ok());
}

TEST_CASE("what a search finds") {
  World world;
  const auto first = world.held(spam());
  world.clock.advance(1h);
  auto other = spam();
  other.sender = "";
  other.kind = HeldKind::Virus;
  other.step = "antivirus";
  other.found = "Eicar-Test-Signature";
  other.subject = "Invoice";
  const auto second = world.held(other, "else");

  struct Case {
    std::string label;
    QuarantineQuery query;
    std::vector<std::string> want;
  };

  const std::vector<Case> rows = {
      {"everything, the newest first", {}, {second, first}},
      {"a sender in any case", {.sender = "pest@OUTSIDE.example"}, {first}},
      {"a pattern", {.sender = "*@outside.example"}, {first}},
      {"a mailbox", {.recipient = "ben@example.com"}, {second, first}},
      {"the alias it came by", {.recipient = "sales@*"}, {second, first}},
      {"part of the subject", {.subject = "invoice"}, {second}},
      {"a subject in which % is a character", {.subject = "100%"}, {first}},
      {"a virus by part of its name", {.found = "eicar"}, {second}},
      {"a step", {.step = "spam"}, {first}},
      {"a kind", {.kind = HeldKind::Virus}, {second}},
      {"a state nobody is in", {.state = HeldState::Released}, {}},
      {"a time", {.since = kStart + 30min}, {second}},
      {"the time before", {.until = kStart + 30min}, {first}},
      {"the next page", {.beforeId = second}, {first}},
      {"a queue id", {.queueId = "4ABC"}, {second, first}},
      {"nobody's", {.recipient = "eve@example.com"}, {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto found = world.quarantine->search(row.query);
    REQUIRE(found);
    std::vector<std::string> ids;
    for (const auto& one : *found) ids.push_back(one.id);
    CHECK(ids == row.want);
  }
}

TEST_CASE("a release goes to those asked for, once, and ends as the MTA says") {
  World world;
  auto& q = *world.quarantine;
  const auto id = world.held(spam());
  const std::vector<std::string> anna = {"anna@example.com"};
  auto claimed = q.claim({id, anna}, "uid 0", 60s);
  REQUIRE(claimed);
  CHECK(*claimed == anna);
  CHECK(world.stateOf(id, "ben@example.com") == "held");

  SUBCASE("who clicks twice comes second") {
    CHECK(q.claim({id, anna}, "uid 0", 60s)->empty());
  }
  SUBCASE("what is on its way is not deleted") {
    REQUIRE(q.remove(id, {}, "uid 0")->size() == 1);
    CHECK(world.stateOf(id, "anna@example.com") == "releasing");
  }
  SUBCASE("nobody else takes it before the lease is over") {
    CHECK(q.claimDue(60s)->empty());
    world.clock.advance(61s);
    const auto due = q.claimDue(60s);
    REQUIRE(due->size() == 1);
    CHECK(due->front().recipients == anna);
    CHECK(q.claimDue(60s)->empty());
  }
  SUBCASE("250: released, and not again") {
    REQUIRE(q.settle(
        id, {{"anna@example.com", HeldState::Released, "250 2.0.0 Ok"}}));
    CHECK(world.stateOf(id, "anna@example.com") == "released");
    CHECK(q.claim({id, anna}, "uid 0", 60s)->empty());
  }
  SUBCASE("452: still releasing, later and later") {
    for (const auto pause : {1min, 2min, 4min}) {
      REQUIRE(
          q.settle(id, {{"anna@example.com", HeldState::Releasing, "452"}}));
      CHECK(world.stateOf(id, "anna@example.com") == "releasing");
      world.clock.advance(pause - 1s);
      CHECK(q.claimDue(60s)->empty());
      world.clock.advance(1s);
      CHECK(q.claimDue(60s)->size() == 1);
    }
  }
  SUBCASE("550: failed, the answer kept, and to be released again") {
    REQUIRE(q.settle(id, {{"anna@example.com", HeldState::Failed, "550 no"}}));
    CHECK(world.stateOf(id, "anna@example.com") == "failed");
    CHECK(q.find(id)->recipients[0].answer == "550 no");
    CHECK(*q.claim({id, anna}, "uid 0", 60s) == anna);
  }
  SUBCASE("what stands in its way is kept, until it is tried again") {
    REQUIRE(q.obstruct(id,
                       {"anna@example.com", "ben@example.com"},
                       {"content_rules", "content rules", "falcon (2)"}));
    REQUIRE(q.settle(id, {{"anna@example.com", HeldState::Failed, "554"}}));
    CHECK(q.find(id)->recipients[0].obstacle.reason == "falcon (2)");
    CHECK(q.find(id)->recipients[1].obstacle.step.empty());  // Ben's is held.
    const ReleaseOrder further{id, anna, {"dmarc", "content_rules"}};
    CHECK(*q.claim(further, "uid 0", 60s) == anna);
    CHECK(q.find(id)->recipients[0].obstacle.step.empty());
    CHECK(q.find(id)->recipients[0].alsoWaived == further.alsoWaived);
  }
  SUBCASE(
      "each try waives what was asked for, and what was not asked for not") {
    REQUIRE(q.claim({id, {"ben@example.com"}, {"content_rules"}}, "uid 0", 60s)
                ->size() == 1);
    world.clock.advance(61s);
    const auto due = q.claimDue(60s);
    REQUIRE(due->size() == 2);
    CHECK(due->at(0).recipients == anna);
    CHECK(due->at(0).alsoWaived.empty());
    CHECK(due->at(1).alsoWaived == std::vector<std::string>{"content_rules"});
  }
}

TEST_CASE("deleted for all, the bytes are gone and the row tells of it") {
  World world;
  auto& q = *world.quarantine;
  const auto id = world.held(spam());
  CHECK(q.remove(id, {"anna@example.com"}, "uid 0")->size() == 1);
  CHECK(q.bytes(*q.find(id)).ok());
  CHECK(*q.remove(id, {}, "uid 0") ==
        std::vector<std::string>{"ben@example.com"});
  CHECK(q.remove(id, {}, "uid 0")->empty());
  CHECK_FALSE(std::filesystem::exists(heldFile(world.scratch.path, id)));
  CHECK_FALSE(std::filesystem::exists(sidecarFile(world.scratch.path, id)));
  CHECK(world.stateOf(id, "anna@example.com") == "deleted");
  CHECK(q.claim({id, {}}, "uid 0", 60s)->empty());
  CHECK(q.totals()->messages == 0);
}

TEST_CASE("the sum of what is held knows all that comes and goes") {
  World world;
  auto& q = *world.quarantine;
  const auto sum = [&q] {
    const auto totals = q.totals();
    REQUIRE(totals);
    return std::to_string(totals->messages) + ": " +
           std::to_string(totals->bytes);
  };
  CHECK(sum() == "0: 0");
  const auto first = world.held(spam(), std::string(10, 'a'));
  world.clock.advance(48h);
  const auto second = world.held(spam(), std::string(200, 'b'));
  (void)world.held(spam(), std::string(3000, 'c'));
  CHECK(sum() == "3: 3210");
  CHECK(q.remove(second, {"anna@example.com"}, "uid 0")->size() == 1);
  CHECK(sum() == "3: 3210");
  CHECK(q.remove(second, {}, "uid 0")->size() == 1);
  CHECK(q.remove(second, {}, "uid 0")->empty());
  CHECK(sum() == "2: 3010");
  CHECK(*q.expire(world.clock.now() - 24h) == 1);
  CHECK(sum() == "1: 3000");
  CHECK(*q.expire(world.clock.now() + 24h) == 2);
  CHECK(sum() == "0: 0");
}

TEST_CASE("a quarantine of before there was a sum is summed up once") {
  const Scratch scratch;
  const ManualClock clock(kStart);
  const auto path = scratch.path / "state.db";
  {
    Schema first = quarantineSchema();
    first.steps.resize(1);
    auto old = Database::open(path, first);
    REQUIRE(old);
    for (const char* row : {"'a', 100, 0", "'b', 20, 0", "'c', 3, 1"})
      REQUIRE(old->execute(
          "INSERT INTO quarantine_message(id, size, gone, received, client, "
          "client_name, helo, login, sender, author, subject, message_id, "
          "sha256, kind, step, found, reason, generation, queue_id, "
          "trace_code, recovered) VALUES(" +
          std::string(row) +
          ", 0, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', "
          "'', 0)"));
  }
  auto quarantine = Quarantine::open(scratch.path, path, clock);
  REQUIRE(quarantine);
  const auto totals = (*quarantine)->totals();
  REQUIRE(totals);
  CHECK(totals->messages == 2);
  CHECK(totals->bytes == 120);
}

TEST_CASE("after so many days bytes and rows are gone") {
  World world;
  auto& q = *world.quarantine;
  const auto old = world.held(spam());
  world.clock.advance(48h);
  const auto young = world.held(spam(), "young");
  CHECK(*q.expire(world.clock.now() - 24h) == 1);
  CHECK(q.find(old).error().code == ErrorCode::NotFound);
  CHECK_FALSE(std::filesystem::exists(heldFile(world.scratch.path, old)));
  CHECK(q.find(young).ok());
}

TEST_CASE("a file without a row is indexed again, temporary ones go") {
  World world;
  auto& q = *world.quarantine;
  auto message = spam();
  message.id = newHeldId(kStart);
  message.received = kStart;
  message.sha256 = sha256(kBytes);
  message.size = 1;
  REQUIRE(
      writeHeld(world.scratch.path, message.id, kBytes, sidecarOf(message)));
  const auto litter = heldFile(world.scratch.path, newHeldId(kStart));
  std::ofstream(litter.string() + ".tmp") << "half";
  CHECK(*q.recover(3600s) == 0);  // May be another process's work.
  CHECK(*q.recover(0s) == 1);
  CHECK_FALSE(std::filesystem::exists(litter.string() + ".tmp"));
  CHECK(*q.recover(0s) == 0);
  REQUIRE(q.find(message.id));
  CHECK(q.find(message.id)->recipients.size() == 2);

  SUBCASE("its sender, who was never told, sends it again: the same message") {
    CHECK(world.held(spam()) == message.id);
    CHECK(q.totals()->messages == 1);
  }
  SUBCASE("to somebody else it is another") {
    auto other = spam();
    other.recipients = {recipientOf("eve@example.com")};
    CHECK(world.held(other) != message.id);
  }
}

TEST_CASE("a message that comes again is the one that is held") {
  World world;
  auto& q = *world.quarantine;
  const auto id = world.held(spam());
  world.clock.advance(1h);

  struct Case {
    std::string label;
    std::function<void(HeldMessage&)> change;
    std::string bytes = kBytes;
    bool same = false;
  };

  const Case rows[] = {
      {"to the byte, by another queue id",
       [](HeldMessage& m) { m.queueId = "4DEF"; },
       kBytes,
       true},
      {"with its recipients in another order",
       [](HeldMessage& m) { std::swap(m.recipients[0], m.recipients[1]); },
       kBytes,
       true},
      {"other bytes", [](HeldMessage&) {}, "else"},
      {"another sender", [](HeldMessage& m) { m.sender = ""; }},
      {"fewer recipients", [](HeldMessage& m) { m.recipients.pop_back(); }},
      {"of another kind, for which others may release it",
       [](HeldMessage& m) { m.kind = HeldKind::Virus; }},
      {"by another step", [](HeldMessage& m) { m.step = "dmarc"; }},
      {"for something else", [](HeldMessage& m) { m.found = "BAYES_50"; }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto message = spam();
    row.change(message);
    const auto before = q.heldBefore(message, row.bytes);
    REQUIRE(before);
    CHECK((*before == id) == row.same);
    CHECK((world.held(message, row.bytes) == id) == row.same);
  }
  CHECK(q.find(id)->queueId == "4ABC");  // The last one's that was the same.

  SUBCASE("by the name its recipients were told") {
    auto named = spam();
    named.id = id;
    CHECK(world.held(named) == id);
    named.id = newHeldId(kStart);
    CHECK(world.held(named) == named.id);
  }
  SUBCASE("one that somebody has deleted is another") {
    CHECK(q.remove(id, {"anna@example.com"}, "uid 0")->size() == 1);
    CHECK(world.held(spam()) != id);
  }
  SUBCASE("and one of a week ago") {
    world.clock.advance(7 * 24h);
    CHECK(world.held(spam()) != id);
  }
}

TEST_CASE("what cannot be kept is not kept in part") {
  World world;
  auto& q = *world.quarantine;
  SUBCASE("more than the settings allow") {
    (void)world.held(spam(), std::string(1000, 'x'));
    const auto full = q.hold(spam(), std::string(1000, 'y'), 1999);
    REQUIRE_FALSE(full.ok());
    CHECK(full.error().code == ErrorCode::Unavailable);
    CHECK(q.hold(spam(), std::string(999, 'z'), 1999).ok());
  }
  SUBCASE("a directory that cannot be written") {
    std::ofstream(world.scratch.path / "2026") << "in the way";
    CHECK_FALSE(q.hold(spam(), kBytes, 0).ok());
    CHECK(q.totals()->messages == 0);
  }
  SUBCASE("for nobody") {
    auto message = spam();
    message.recipients.clear();
    CHECK_FALSE(q.hold(message, kBytes, 0).ok());
  }
}

TEST_CASE("a nonce is good once, for its message, until it expires") {
  World world;
  auto& q = *world.quarantine;
  REQUIRE(q.issue("N1", "a", kStart + 60s));
  CHECK_FALSE(*q.redeem("N1", "b"));
  CHECK(*q.redeem("N1", "a"));
  CHECK_FALSE(*q.redeem("N1", "a"));
  REQUIRE(q.issue("N2", "a", kStart + 60s));
  world.clock.advance(60s);
  CHECK_FALSE(*q.redeem("N2", "a"));
}

TEST_CASE("two people are two people") {
  World world;
  const auto id = world.held(spam());
  CHECK(*world.quarantine->approve(id, {"spam"}, "uid 1") == 1);
  CHECK(*world.quarantine->approve(id, {"spam"}, "uid 1") == 1);
  CHECK(*world.quarantine->approve(id, {"spam"}, "uid 2") == 2);
}

TEST_CASE("who agrees to one verdict has not agreed to another") {
  World world;
  auto& q = *world.quarantine;
  const auto id = world.held(spam());
  CHECK(*q.approve(id, {"spam"}, "uid 1") == 1);
  CHECK(*q.approve(id, {"spam", "dmarc"}, "uid 2") == 1);
  CHECK(*q.approve(id, {"spam", "dmarc"}, "uid 1") == 2);
}

TEST_CASE("what a user sent is told to him once, and asked for once") {
  World world;
  auto& q = *world.quarantine;
  const std::vector<HeldKind> kinds = {HeldKind::Content};
  (void)world.held(spam(), "from outside");
  auto sent = spam();
  sent.kind = HeldKind::Content;
  sent.login = "Eve@example.com";
  const auto id = world.held(sent, "from inside");
  CHECK(q.untoldSenders({})->empty());
  CHECK(q.untoldSenders({HeldKind::Spam})->empty());
  CHECK(*q.untoldSenders(kinds) == std::vector<std::string>{"Eve@example.com"});
  CHECK(q.newsOfSender({"anna@example.com"}, kinds, 50)->empty());
  const auto news = q.newsOfSender({"x", "Eve@example.com"}, kinds, 50);
  REQUIRE(news->size() == 1);
  CHECK(news->front().id == id);
  REQUIRE(q.toldSender(*news));
  CHECK(q.untoldSenders(kinds)->empty());

  QuarantineQuery requested;
  requested.requested = true;
  CHECK(q.search(requested)->empty());
  CHECK(*q.request(id, "eve@example.com"));
  CHECK_FALSE(*q.request(id, "eve@example.com"));
  CHECK_FALSE(*q.request("20260301-000000000000", "eve@example.com"));
  REQUIRE(q.search(requested)->size() == 1);
  CHECK(*q.requests() == 1);
  CHECK(q.search(requested)->front().requestedBy == "eve@example.com");
  CHECK(q.search(requested)->front().requested == kStart);
  // One copy is decided, then both: nothing is left to be decided.
  REQUIRE(q.remove(id, {"anna@example.com"}, "uid 0"));
  CHECK(q.search(requested)->size() == 1);
  REQUIRE(q.claim({id, {}}, "uid 0", 60s));
  CHECK(q.search(requested)->empty());
  CHECK(*q.requests() == 0);
}

TEST_CASE("a quarantine of before further verdicts were waived is read on") {
  Scratch scratch;
  ManualClock clock{kStart};
  const auto path = scratch.path / "state.db";
  std::string id;
  {
    auto now = Quarantine::open(scratch.path, path, clock);
    REQUIRE(now);
    id = *(*now)->hold(spam(), kBytes, 0);
    REQUIRE((*now)->claim({id, {"anna@example.com"}}, "uid 1", 60s));
  }
  {
    // What this version made, taken back.
    auto old = Database::open(path, quarantineSchema());
    REQUIRE(old);
    for (const std::string sql :
         {"DROP TABLE quarantine_consent",
          "CREATE TABLE quarantine_approval(message TEXT NOT NULL, who TEXT "
          "NOT NULL, time BIGINT NOT NULL, PRIMARY KEY(message, who))",
          "ALTER TABLE quarantine_recipient DROP COLUMN also_waived",
          "ALTER TABLE quarantine_recipient DROP COLUMN obstacle",
          "ALTER TABLE quarantine_recipient DROP COLUMN obstacle_found",
          "ALTER TABLE quarantine_recipient DROP COLUMN obstacle_reason",
          "DROP INDEX quarantine_login",
          "ALTER TABLE quarantine_message DROP COLUMN sender_told",
          "ALTER TABLE quarantine_message DROP COLUMN requested",
          "ALTER TABLE quarantine_message DROP COLUMN requested_by",
          "UPDATE quarantine_message SET login = 'eve@example.com'",
          "UPDATE schema_version SET version = 2 WHERE family = 'quarantine'"})
      REQUIRE(old->execute(sql));
    REQUIRE(old->execute("INSERT INTO quarantine_approval VALUES(?, ?, 0)",
                         {id, "uid 1"}));
  }
  auto quarantine = Quarantine::open(scratch.path, path, clock);
  REQUIRE(quarantine);
  auto& q = **quarantine;
  CHECK(q.find(id)->recipients[0].alsoWaived.empty());
  CHECK(q.find(id)->requestedBy.empty());
  CHECK(q.untoldSenders({HeldKind::Spam})->empty());  // No flood of old news.
  clock.advance(61s);
  const auto due = q.claimDue(60s);  // Released by the version before.
  REQUIRE(due->size() == 1);
  CHECK(due->front().alsoWaived.empty());
  CHECK(*q.approve(id, {"spam"}, "uid 2") == 2);
}

TEST_CASE("news is told once, of the kinds asked for") {
  World world;
  auto& q = *world.quarantine;
  const std::vector<HeldKind> kinds = {HeldKind::Spam};
  CHECK(q.untold(kinds)->empty());
  const auto id = world.held(spam());
  auto virus = spam();
  virus.kind = HeldKind::Virus;
  (void)world.held(virus, "v");
  CHECK(*q.untold(kinds) ==
        std::vector<std::string>{"anna@example.com", "ben@example.com"});
  CHECK(q.untold({})->empty());
  const auto news = q.news("anna@example.com", kinds, 50);
  REQUIRE(news->size() == 1);
  CHECK(news->front().id == id);
  REQUIRE(q.told("anna@example.com", *news));
  CHECK(q.states()->size() == 2);
  CHECK(q.news("anna@example.com", kinds, 50)->empty());
  CHECK(*q.untold(kinds) == std::vector<std::string>{"ben@example.com"});
}

TEST_CASE("an id is fit for a path, or no id") {
  CHECK(isHeldId(newHeldId(kStart)));
  for (const std::string bad : {"",
                                "20260301",
                                "20260301-../../../etc",
                                "2026030x-ABCDEFGHJKMN",
                                "20260301-ABCDEFGHJKMNP",
                                "20260301-abcdefghjkmn"}) {
    CAPTURE(bad);
    CHECK_FALSE(isHeldId(bad));
  }
}

TEST_CASE("a sidecar that is none is refused") {
  auto message = spam();
  message.id = newHeldId(kStart);
  message.received = kStart;
  const auto good = readSidecar(sidecarOf(message));
  REQUIRE(good);
  CHECK(good->subject == message.subject);
  CHECK(good->recipients[1].original == "sales@example.com");
  for (const std::string bad : {"", "[]", "{}", "{\"id\": 1}", "nonsense"}) {
    CAPTURE(bad);
    CHECK_FALSE(readSidecar(bad).ok());
  }
}

}  // namespace mailreeve::store
