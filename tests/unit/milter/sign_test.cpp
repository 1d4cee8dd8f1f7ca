#include "milter/edits/sign.h"

#include "core/auth/dkim/record.h"
#include "core/auth/dkim/verify.h"
#include "core/dns/zone_resolver.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

const std::string kFrom =
    "From: Alice <alice@example.com>\r\n"
    "To: x@outside.example\r\n"
    "Subject: Hello\r\n";
const std::string kRest =
    "Date: Tue, 21 Nov 2023 12:00:00 +0000\r\n"
    "Message-ID: <1@example.com>\r\n"
    "\r\n"
    "Hello.\r\n";

dkim::SigningKey keyOf(const std::string& domain,
                       const std::string& selector,
                       dkim::KeyKind kind = dkim::KeyKind::Ed25519) {
  auto key = dkim::PrivateKey::generate(kind);
  REQUIRE(key);
  return {domain,
          selector,
          std::make_shared<const dkim::PrivateKey>(*std::move(key))};
}

// Keys, and their records in the DNS.
struct World {
  std::shared_ptr<KeyRing> ring = std::make_shared<KeyRing>();
  dns::ZoneResolver zone;
  ManualClock clock{kNow};

  void add(const dkim::SigningKey& key) {
    zone.addText(dkim::recordName(key.selector, key.domain),
                 *dkim::recordText(*key.key));
    ring->add(key);
  }

  // "example.com s1 pass, ..." of what leaves.
  [[nodiscard]] std::string verify(const mail::Message& message) {
    const dkim::Verifier verifier(zone, clock);
    std::vector<std::string> out;
    for (const auto& finding : verifier.verify(
             auth::viewOf(message),
             std::chrono::steady_clock::now() + std::chrono::seconds(5)))
      out.push_back(finding.domain + " " + finding.selector + " " +
                    std::string(describe(finding.outcome)));
    return join(out, ", ");
  }
};

struct Signed {
  Verdict verdict;
  std::string signatures;
  std::string bytes;
};

Signed sign(World& world,
            const std::string& bytes,
            mail::Envelope envelope,
            const directory::PolicyPtr& policy = policyOf()) {
  const Sign edit(*policy, world.ring, world.clock);
  const auto message = messageOf(bytes, std::move(envelope));
  const Transaction transaction(*policy, message.envelope(), kNow);
  Draft draft(message);
  auto verdict = edit.propose(transaction, {}, draft);
  REQUIRE(verdict);
  const auto leaves = draft.message();
  REQUIRE(leaves);
  return {*std::move(verdict),
          world.verify(**leaves),
          std::string((*leaves)->bytes())};
}

mail::Envelope byAlice() {
  return envelopeOf(
      "alice@example.com", {"x@outside.example"}, "alice@example.com");
}

mail::Envelope from(const std::string& address, const std::string& sender) {
  auto envelope = envelopeOf(sender, {"bob@example.com"});
  envelope.clientAddress = address;
  return envelope;
}

}  // namespace

TEST_CASE("a message leaves with a signature of each kind, RSA on top") {
  World world;
  world.add(keyOf("example.com", "ed"));
  world.add(keyOf("example.com", "rsa", dkim::KeyKind::Rsa1024));
  const auto got = sign(world, kFrom + kRest, byAlice());
  CHECK(got.signatures == "example.com rsa pass, example.com ed pass");
  CHECK(got.verdict.kind == Verdict::Kind::Pass);
  CHECK(got.verdict.reason == "example.com rsa, example.com ed");
  CHECK(got.bytes.starts_with("DKIM-Signature:"));
}

TEST_CASE("it is signed for whom, and with which key") {
  World world;
  world.add(keyOf("example.com", "main"));
  world.add(keyOf("other.example", "other"));
  const std::string netKeys = "dkim: {signing_networks: [198.51.100.0/24]}\n";
  const auto policy = policyOf("", netKeys);
  const auto closed =
      policyOf("    dkim: {signing_networks: false}\n", netKeys);
  const auto off = policyOf("    dkim: {enabled: false}\n", netKeys);
  const auto author = [](const std::string& address) {
    return "From: " + address + "\r\n" + kRest;
  };

  struct Row {
    std::string label;
    std::string bytes;
    mail::Envelope envelope;
    directory::PolicyPtr policy;
    std::string want;  // The signatures, or else the reason.
  };

  const Row rows[] = {
      {"a user who logged in",
       author("alice@example.com"),
       byAlice(),
       policy,
       "example.com main pass"},
      {"a trusted network",
       author("alice@example.com"),
       from(kTrusted, "alice@example.com"),
       policy,
       "example.com main pass"},
      {"a signing network",
       author("alice@example.com"),
       from("198.51.100.9", "alice@example.com"),
       policy,
       "example.com main pass"},
      {"a signing network where the domain does not want it",
       author("alice@example.com"),
       from("198.51.100.9", "alice@example.com"),
       closed,
       "not signed: signing networks do not speak for example.com"},
      {"a stranger",
       author("alice@example.com"),
       from(kOutside, "alice@example.com"),
       policy,
       ""},
      {"a domain that does not sign",
       author("alice@example.com"),
       byAlice(),
       off,
       "not signed: signing is off for example.com"},
      {"a user as an author of another domain of ours",
       author("boss@other.example"),
       byAlice(),
       policy,
       "not signed: alice@example.com does not speak for other.example"},
      {"the same, with an envelope sender that Postfix has found to be theirs",
       author("boss@other.example"),
       envelopeOf(
           "boss@other.example", {"x@outside.example"}, "alice@example.com"),
       policy,
       "other.example other pass"},
      {"a foreign author",
       author("x@outside.example"),
       byAlice(),
       policy,
       "not signed: outside.example is not ours"},
      {"an additional domain without a key of its own",
       author("alice@example.net"),
       byAlice(),
       policy,
       "not signed: no key of example.net is in use"},
      {"a notice of this host itself",
       author("MAILER-DAEMON@mail.example.com"),
       from(kTrusted, ""),
       policy,
       "example.com main pass"},
      {"another host below our domain is not ours",
       author("x@www.example.com"),
       byAlice(),
       policy,
       "not signed: www.example.com is not ours"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const auto got = sign(world, row.bytes, row.envelope, row.policy);
    CHECK(got.verdict.kind == Verdict::Kind::Pass);
    if (!got.signatures.empty())
      CHECK(got.signatures == row.want);
    else
      CHECK(got.verdict.reason == row.want);
  }
}

TEST_CASE("a message without exactly one author domain is not signed") {
  World world;
  world.add(keyOf("example.com", "s"));
  for (const std::string& head :
       {std::string("Subject: no author\r\n"),
        kFrom + "From: y@outside.example\r\n",
        std::string("From: a@example.com, b@outside.example\r\n")}) {
    INFO(head);
    const auto got = sign(world, head + kRest, byAlice());
    CHECK(got.signatures.empty());
    CHECK(got.verdict.reason.starts_with("not signed: "));
  }
}

TEST_CASE("a sub-domain signs with the key of the domain above it") {
  World world;
  world.add(keyOf("example.com", "s"));
  auto loaded = config::parse(
      {{"test.yaml",
        "server: {hostname: mail.example.com}\n"
        "domains: [{name: example.com, additional: [eu.example.com]}]\n",
        false}});
  REQUIRE(loaded.ok());
  const auto policy =
      std::make_shared<const directory::Policy>(std::move(loaded.settings));
  const auto got =
      sign(world, "From: a@eu.example.com\r\n" + kRest, byAlice(), policy);
  CHECK(got.signatures == "example.com s pass");
}

TEST_CASE("what a receiver would have to add or change is there before") {
  World world;
  world.add(keyOf("example.com", "s"));
  std::string references = "References:";
  for (int i = 0; i < 60; ++i)
    references += " <" + std::to_string(i) + ".thread@outside.example>";
  const auto got = sign(world,
                        kFrom + references +
                            "\r\nMIME-Version: 1.0\r\n"
                            "Content-Type: text/plain; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: 8bit\r\n\r\n"
                            "Viele Grüße aus der Stadt\r\n",
                        byAlice());
  CHECK(got.signatures == "example.com s pass");
  CHECK(got.bytes.find("Viele Gr=C3=BC=C3=9Fe aus der Stadt\r\n") !=
        std::string::npos);
  CHECK(got.bytes.find("Date: Tue, 21 Nov 2023 12:00:00 +0000\r\n") !=
        std::string::npos);
  CHECK(
      got.bytes.find("Message-ID: <4ABCDE.1700568000@mail.example.com>\r\n") !=
      std::string::npos);
  CHECK(got.verdict.reason ==
        "example.com s, text/plain 8bit utf-8 as quoted-printable, References "
        "folded");
}

TEST_CASE("our former signature goes, those of others stay") {
  World world;
  world.add(keyOf("example.com", "s"));
  const auto once = sign(world, kFrom + kRest, byAlice());
  const std::string foreign =
      "DKIM-Signature: v=1; a=rsa-sha256; d=list.example; s=x; h=from;\r\n"
      "\tbh=AAAA; b=AAAA\r\n";
  const auto twice = sign(world, foreign + once.bytes, byAlice());
  CHECK(twice.signatures.find("example.com s pass, list.example x ") == 0);
  CHECK(twice.signatures.find("example.com", 5) == std::string::npos);
}

TEST_CASE("without a key that can be read the settings decide") {
  World world;
  world.ring->addBroken("example.com", "s1 cannot be read");
  auto got = sign(world, kFrom + kRest, byAlice());
  CHECK(got.verdict.kind == Verdict::Kind::Defer);
  CHECK(got.verdict.reason == "cannot be signed: s1 cannot be read");
  got = sign(world,
             kFrom + kRest,
             byAlice(),
             policyOf("", "dkim: {when_key_fails: unsigned}\n"));
  CHECK(got.verdict.kind == Verdict::Kind::Pass);
  CHECK(got.bytes == kFrom + kRest);
  world.add(keyOf("example.com", "s2"));
  got = sign(world, kFrom + kRest, byAlice());
  CHECK(got.signatures == "example.com s2 pass");
  CHECK(got.verdict.reason == "example.com s2, s1 cannot be read");
}

TEST_CASE("what this host writes itself is signed, what it passes on is not") {
  World world;
  world.add(keyOf("example.com", "s"));
  auto given = *backends();
  given.keys = world.ring;
  const auto engine = Engine::make(
      policyOf(), "7", std::make_shared<const Backends>(std::move(given)));
  REQUIRE(engine);

  struct Row {
    std::string label;
    mail::Origin origin;
    std::string sender;
    std::string bytes;
    std::string want;
  };

  const std::string bounce =
      "From: MAILER-DAEMON@mail.example.com (Mail Delivery System)\r\n"
      "To: a@o.example\r\n";
  const std::string passedOn = "Received: from x by y; now\r\n";
  const Row rows[] = {
      {"a bounce", mail::Origin::Own, "", bounce + kRest, "example.com s pass"},
      {"a notice by sendmail",
       mail::Origin::Submitted,
       "",
       kFrom + kRest,
       "example.com s pass"},
      {"a program's mail",
       mail::Origin::Submitted,
       "root@mail.example.com",
       kFrom + kRest,
       "example.com s pass"},
      {"a stranger's mail in our name, passed on by a Sieve script",
       mail::Origin::Submitted,
       "x@o.example",
       passedOn + kFrom + kRest,
       ""},
      {"the same with the null sender",
       mail::Origin::Submitted,
       "",
       passedOn + kFrom + kRest,
       ""},
      {"a stranger's by SMTP", mail::Origin::Network, "", kFrom + kRest, ""},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    auto envelope = envelopeOf(row.sender, {"x@outside.example"});
    envelope.origin = row.origin;
    const auto message = messageOf(row.bytes, std::move(envelope));
    const auto& policy = (*engine)->policy();
    const Transaction transaction(policy,
                                  message.envelope(),
                                  kNow,
                                  0,
                                  handlingOf(message.envelope(), message));
    auto outcome = (*engine)->onWhole(transaction, message);
    CHECK(outcome.verdict.kind == Verdict::Kind::Pass);
    const auto leaves = outcome.draft.message();
    REQUIRE(leaves);
    CHECK(world.verify(**leaves) == row.want);
  }
}

TEST_CASE("a notice leaves unsigned rather than not at all") {
  World world;
  world.ring->addBroken("example.com", "s1 cannot be read");
  auto given = *backends();
  given.keys = world.ring;
  const auto engine = Engine::make(
      policyOf(), "7", std::make_shared<const Backends>(std::move(given)));
  REQUIRE(engine);
  auto envelope = envelopeOf("", {"x@outside.example"});
  envelope.origin = mail::Origin::Submitted;
  const auto message = messageOf(kFrom + kRest, std::move(envelope));
  const Transaction transaction(
      (*engine)->policy(), message.envelope(), kNow, 0, Handling::Signed);
  const auto outcome = (*engine)->onWhole(transaction, message);
  CHECK(outcome.verdict.kind == Verdict::Kind::Pass);
  CHECK(outcome.verdict.reason ==
        "unsigned: cannot be signed: s1 cannot be read");
}

}  // namespace mailreeve::milter
