// Sealing: what leaves again bears what was found when it came, in a form that
// the verifiers of others take.
#include "milter/edits/arc_seal.h"

#include "../auth/dkim/keys.h"
#include "core/auth/arc/sign.h"
#include "core/auth/dkim/record.h"
#include "core/dns/zone_resolver.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

const std::string kLetter =
    "From: Bank <alerts@bank.example>\r\nTo: a@example.com\r\n"
    "Subject: Hello\r\nDate: Tue, 21 Nov 2023 12:00:00 +0000\r\n"
    "Message-ID: <1@bank.example>\r\n\r\nPay here.\r\n";

const std::string kAliases =
    "    aliases:\n"
    "      - {name: away, to: [friend@outside.example]}\n"
    "      - {name: farther, to: [away, alice]}\n"
    "      - {name: team, to: [alice, bob]}\n";

dkim::SigningKey keyOf(const std::string& domain) {
  return {domain, "s", dkim::rsaKey()};
}

std::string onTop(const std::vector<mail::Header>& fields,
                  const std::string& message) {
  std::string top;
  for (const auto& field : fields)
    top += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
  return top + message;
}

// Keys of example.com, this host's domain, and of a list that sealed before.
struct World {
  World() {
    for (const std::string domain :
         {"example.com", "other.example", "list.example"})
      zone.addText(dkim::recordName("s", domain),
                   *dkim::recordText(*dkim::rsaKey()));
  }

  [[nodiscard]] arc::Finding verify(const std::string& bytes) {
    return arc::Verifier(zone, clock)
        .verify(auth::viewOf(bytes),
                std::chrono::steady_clock::now() + std::chrono::seconds(5));
  }

  // `message` as others forward it, `times` over.
  std::string sealed(std::string message, int times = 1) {
    for (int i = 0; i < times; ++i) {
      const auto fields = arc::Sealer(clock).seal(auth::viewOf(message),
                                                  verify(message),
                                                  keyOf("list.example"),
                                                  "list.example; spf=pass");
      REQUIRE(fields);
      message = onTop(*fields, message);
    }
    return message;
  }

  dns::ZoneResolver zone;
  ManualClock clock{kNow};
};

struct Case {
  std::string bytes = kLetter;
  std::vector<std::string> to = {"away@example.com"};
  std::string setting;
  std::string client = kOutside;
  std::string domain;  // Settings of example.com.
  std::vector<std::string> keys = {"example.com"};
  bool marked = false;  // An edit before us changes it.
  std::optional<dkim::Outcome> found = std::nullopt;
};

struct Sealed {
  std::string reason;
  std::string bytes;
};

Sealed seal(World& world, const Case& row) {
  const auto policy = policyOf(kAliases + row.domain, row.setting);
  const auto ring = std::make_shared<KeyRing>();
  for (const auto& domain : row.keys) ring->add(keyOf(domain));
  const ArcSeal edit(*policy, ring, world.clock);
  auto envelope = envelopeOf("alerts@bank.example", row.to);
  envelope.clientAddress = row.client;
  const auto message = messageOf(row.bytes, std::move(envelope));
  const Transaction transaction(*policy, message.envelope(), kNow);
  Findings findings;
  findings.authentication.arc = world.verify(row.bytes);
  if (row.found) findings.authentication.arc->outcome = *row.found;
  findings.authentication.dmarc = dmarc::Finding{};
  Draft draft(message);
  if (row.marked) {
    mail::MessageEdit mark;
    mark.headers.push_back({"Subject", 1, " [news] Hello"});
    draft.changeContent(std::move(mark));
  }
  const auto verdict = edit.propose(transaction, findings, draft);
  REQUIRE(verdict);
  CHECK(verdict->kind == Verdict::Kind::Pass);
  const auto leaves = draft.message();
  REQUIRE(leaves);
  return {verdict->reason, std::string((*leaves)->bytes())};
}

}  // namespace

TEST_CASE("what is sealed, by whom, and why") {
  World world;

  struct Row {
    std::string label;
    Case given;
    std::string want;
  };

  const Row rows[] = {
      {"mail for an alias that leads outside",
       {},
       "example.com s: it may leave again"},
      {"for one that leads to such an alias",
       {.to = {"farther@example.com"}},
       "example.com s: it may leave again"},
      {"the additional domain's form of it, in the name of the main one",
       {.to = {"away@example.net"}},
       "example.com s: it may leave again"},
      {"mail that is relayed onwards, in this host's name",
       {.to = {"x@inner.example"}},
       "example.com s: it may leave again"},
      {"in the name of the recipient's own domain",
       {.to = {"bob@other.example", "away@example.com"},
        .keys = {"other.example", "example.com"}},
       "other.example s: it may leave again"},
      {"an alias that stays here", {.to = {"team@example.com"}}, ""},
      {"a mailbox", {.to = {"alice@example.com"}}, ""},
      {"a mailbox, where all is sealed",
       {.to = {"alice@example.com"}, .setting = "dkim: {arc_seal: always}\n"},
       "example.com s: always"},
      {"a mailbox, when its subject was changed",
       {.to = {"alice@example.com"}, .marked = true},
       "example.com s: it was changed"},
      {"nothing, where nothing shall be",
       {.setting = "dkim: {arc_seal: never}\n"},
       ""},
      {"mail of our own is signed and not sealed", {.client = kTrusted}, ""},
      {"nor is that of networks we sign for",
       {.setting = "dkim: {signing_networks: [203.0.113.0/24]}\n"},
       ""},
      {"a domain that does not sign does not seal",
       {.domain = "    dkim: {enabled: false}\n"},
       "not sealed: no key is in use"},
      {"nobody has a key of the recipient's or the host's domain",
       {.keys = {"other.example"}},
       "not sealed: no key is in use"},
      {"a chain that holds is carried on",
       {.bytes = world.sealed(kLetter, 2)},
       "example.com s: it may leave again"},
      {"one whose keys could not be fetched is left alone",
       {.bytes = world.sealed(kLetter), .found = dkim::Outcome::TempError},
       "not sealed: the chain before us could not be checked"},
      {"a full one, too",
       {.bytes = world.sealed(kLetter, 50)},
       "not sealed: the chain is full"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const auto got = seal(world, row.given);
    CHECK(got.reason == row.want);
    const bool sealed = row.want.starts_with("example.com s") ||
                        row.want.starts_with("other.example s");
    CHECK((got.bytes != row.given.bytes) == (sealed || row.given.marked));
    if (!sealed) continue;
    const auto finding = world.verify(got.bytes);
    CHECK(describe(finding.outcome) == "pass");
    CHECK(finding.hops.back().results.starts_with("mail.example.com; dmarc="));
  }
}

TEST_CASE(
    "the message is composed only for a change of what a signature covers") {
  struct Row {
    std::string label;
    std::string field;
    bool composed;
  };

  const World world;
  const auto policy = policyOf("", "");
  const auto ring = std::make_shared<KeyRing>();
  ring->add(keyOf("example.com"));
  const ArcSeal edit(*policy, ring, world.clock);
  const auto message = messageOf(
      kLetter, envelopeOf("alerts@bank.example", {"alice@example.com"}));
  const Transaction transaction(*policy, message.envelope(), kNow);
  Findings findings;
  findings.authentication.arc = arc::Finding{};
  for (const auto& row : {
           Row{"our results", "authentication-results", false},
           Row{"a field that nobody signs", "x-spam-flag", false},
           Row{"a field that is signed", "Subject", true},
       }) {
    CAPTURE(row.label);
    Draft draft(message);
    mail::MessageEdit impossible;  // Nobody can compose this.
    impossible.headers.push_back({row.field, 9, std::nullopt});
    draft.changeContent(std::move(impossible));
    const auto verdict = edit.propose(transaction, findings, draft);
    CHECK(verdict.ok() != row.composed);
    if (verdict) CHECK(verdict->reason.empty());
  }
}

TEST_CASE("a chain that broke before us is put on record once, then left") {
  World world;
  const std::string broken =
      replaceAll(world.sealed(kLetter), "Pay here", "Pay there");
  const auto once = seal(world, {.bytes = broken});
  CHECK(once.reason == "example.com s: it may leave again");
  CHECK(once.bytes.find("cv=fail") != std::string::npos);
  CHECK(once.bytes.find("ARC-Seal: a=rsa-sha256;") != std::string::npos);
  CHECK(describe(world.verify(once.bytes).outcome) == "fail");
  const auto twice = seal(world, {.bytes = once.bytes});
  CHECK(twice.reason == "not sealed: the chain broke before us");
  CHECK(twice.bytes == once.bytes);
  const auto torn =
      seal(world, {.bytes = "ARC-Seal: i=3; cv=pass; b=AAAA\r\n" + kLetter});
  CHECK(torn.reason == "not sealed: the chain broke before us");
}

TEST_CASE("the engine seals with what its checks have found") {
  World world;
  const auto zone = std::make_shared<dns::ZoneResolver>();
  zone->addText("bank.example", "v=spf1 ip4:203.0.113.9 -all");
  zone->addText("_dmarc.bank.example", "v=DMARC1; p=reject");
  zone->addText(dkim::recordName("s", "example.com"),
                *dkim::recordText(*dkim::rsaKey()));
  const auto ring = std::make_shared<KeyRing>();
  ring->add(keyOf("example.com"));
  auto given = *backends(zone);
  given.keys = ring;
  const auto engine = Engine::make(policyOf(kAliases,
                                            "authentication_checks: "
                                            "{spf: {enabled: true}}\n"),
                                   "7",
                                   std::make_shared<const Backends>(given));
  REQUIRE(engine);
  const auto message =
      messageOf(kLetter, envelopeOf("x@bank.example", {"away@example.com"}));
  FakeUsage usage;
  auto outcome = (*engine)->judge(message, kNow, usage);
  CHECK(outcome.verdict.kind == Verdict::Kind::Pass);
  const auto leaves = outcome.draft.message();
  REQUIRE(leaves);
  const auto finding =
      arc::Verifier(*zone, world.clock)
          .verify(auth::viewOf(**leaves),
                  std::chrono::steady_clock::now() + std::chrono::seconds(5));
  CHECK(describe(finding.outcome) == "pass");
  REQUIRE(finding.hops.size() == 1);
  CHECK(finding.hops[0].sealer == "example.com");
  CHECK(finding.hops[0].results.find("mail.example.com; spf=pass") == 0);
  CHECK(finding.hops[0].results.find("dmarc=pass header.from=bank.example") !=
        std::string::npos);
}

TEST_CASE("what a Sieve script passes on is sealed with what can be told") {
  World world;
  const auto zone = std::make_shared<dns::ZoneResolver>();
  zone->addText("_dmarc.bank.example", "v=DMARC1; p=reject");
  for (const std::string domain : {"example.com", "bank.example"})
    zone->addText(dkim::recordName("s", domain),
                  *dkim::recordText(*dkim::rsaKey()));
  const auto ring = std::make_shared<KeyRing>();
  ring->add(keyOf("example.com"));
  auto given = *backends(zone);
  given.keys = ring;
  const auto engine = Engine::make(
      policyOf("", "authentication_checks: {spf: {enabled: true}}\n"),
      "7",
      std::make_shared<const Backends>(given));
  REQUIRE(engine);
  const auto signature =
      dkim::Signer(world.clock)
          .sign(auth::viewOf(kLetter), {keyOf("bank.example")});
  REQUIRE(signature);
  const std::string received = "Received: from x by mail.example.com; now\r\n";

  struct Row {
    std::string label;
    std::string bytes;
    std::string results;
  };

  const Row rows[] = {
      {"signed by its author, DMARC passes once more",
       received + onTop(*signature, kLetter),
       "dkim=pass header.d=bank.example"},
      {"SPF may have been what passed: nothing is said of DMARC",
       received + kLetter,
       "dkim=none"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    auto envelope = envelopeOf("alerts@bank.example", {"x@outside.example"});
    envelope.clientAddress = "127.0.0.1";
    envelope.origin = mail::Origin::Submitted;
    const auto message = messageOf(row.bytes, std::move(envelope));
    const Transaction transaction((*engine)->policy(),
                                  message.envelope(),
                                  kNow,
                                  0,
                                  handlingOf(message.envelope(), message));
    auto outcome = (*engine)->onWhole(transaction, message);
    CHECK(outcome.verdict.kind == Verdict::Kind::Pass);
    CHECK_FALSE(outcome.inspection.findings.authentication.evaluation);
    const auto leaves = outcome.draft.message();
    REQUIRE(leaves);
    const auto finding =
        arc::Verifier(*zone, world.clock)
            .verify(auth::viewOf(**leaves),
                    std::chrono::steady_clock::now() + std::chrono::seconds(5));
    CHECK(describe(finding.outcome) == "pass");
    REQUIRE(finding.hops.size() == 1);
    CHECK(finding.hops[0].results.find(row.results) != std::string::npos);
    CHECK(finding.hops[0].results.find("dmarc=fail") == std::string::npos);
    CHECK((finding.hops[0].results.find("dmarc=pass") != std::string::npos) ==
          (row.results != "dkim=none"));
  }
}

}  // namespace mailreeve::milter
