// SPF, DKIM, ARC and DMARC as milterd asks them: what is made of each answer,
// and of none.
#include "milter/authentication.h"

#include <chrono>

#include "../auth/dkim/keys.h"
#include "core/auth/arc/sign.h"
#include "core/auth/dkim/record.h"
#include "core/auth/dkim/sign.h"
#include "core/dns/zone_resolver.h"
#include "milter/checks/arc.h"
#include "milter/checks/dkim.h"
#include "milter/checks/dmarc.h"
#include "milter/checks/spf.h"
#include "milter/edits/authentication_results.h"
#include "milter/forged_sender.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

constexpr const char* kBankMail =
    "From: Bank <alerts@bank.example>\r\nTo: a@example.com\r\n"
    "Subject: Hello\r\nDate: Tue, 21 Nov 2023 12:00:00 +0000\r\n"
    "Message-ID: <1@bank.example>\r\n\r\nPay here.\r\n";

std::string settingsOf(const std::string& checks) {
  return "authentication_checks: {" + checks + "}\n";
}

// The four checks in the order of the chain, with a DNS of their own.
class World {
 public:
  explicit World(const std::string& checks, const std::string& rest = "")
      : policy_(policyOf("", settingsOf(checks) + rest)) {
    zone.addText("bank.example", "v=spf1 ip4:203.0.113.1 -all");
    zone.addText("_dmarc.bank.example",
                 "v=DMARC1; p=reject; rua=mailto:r@b.example");
    zone.addText("kept.example", "v=spf1 ~all");
    zone.addText("_dmarc.kept.example", "v=DMARC1; p=quarantine");
    zone.addText("_dmarc.walked.co.example", "v=DMARC1; p=reject; psd=n");
    zone.addText("soft.example", "v=spf1 ~all");
    zone.addText("wrong.example", "v=spf1 ip5:1");
    zone.addText("told.example", "v=spf1 -all exp=why.told.example");
    zone.addText("why.told.example", "100%% forged");
    zone.fail("down.example");
    zone.fail("_dmarc.down.example");
    for (const std::string domain : {"bank.example", "list.example"})
      zone.addText(dkim::recordName("s", domain),
                   *dkim::recordText(*dkim::rsaKey()));
  }

  // "reject 550 5.7.23 at DATA", "pass".
  std::string judge(const mail::Envelope& envelope, const std::string& bytes) {
    const auto& settings = policy_->settings();
    const Spf spf(settings, zone, clock_);
    const Dkim dkim(settings, zone, clock_);
    const Arc arc(settings, zone, clock_);
    const Dmarc dmarc(settings, zone);
    const Transaction transaction(*policy_, envelope, kNow);
    const auto message = messageOf(bytes, envelope);
    if (auto said = take(spf.onEnvelope(transaction, findings)); !said.empty())
      return said + " at DATA";
    for (const Check* check :
         std::initializer_list<const Check*>{&dkim, &arc, &dmarc, &spf})
      if (auto said = take(check->onMessage(transaction, message, findings));
          !said.empty())
        return said;
    return "pass";
  }

  // `message` with the signature of bank.example on top.
  std::string sign(const std::string& message) {
    const auto fields = dkim::Signer(clock_).sign(
        auth::viewOf(message), {{"bank.example", "s", dkim::rsaKey()}});
    REQUIRE(fields);
    return onTop(*fields, message);
  }

  // `message` as list.example forwards it, having seen DMARC pass.
  std::string seal(const std::string& message) {
    const auto fields =
        arc::Sealer(clock_).seal(auth::viewOf(message),
                                 {},
                                 {"list.example", "s", dkim::rsaKey()},
                                 "list.example; dmarc=pass");
    REQUIRE(fields);
    return onTop(*fields, message);
  }

  dns::ZoneResolver zone;
  Findings findings;
  Verdict last;
  std::vector<std::string> reasons;  // Of all checks that gave one.

 private:
  static std::string onTop(const std::vector<mail::Header>& fields,
                           const std::string& message) {
    std::string top;
    for (const auto& field : fields)
      top += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
    return top + message;
  }

  std::string take(Result<Verdict> verdict) {
    REQUIRE(verdict);
    last = *std::move(verdict);
    if (!last.reason.empty()) reasons.push_back(last.reason);
    if (last.kind == Verdict::Kind::Pass) return {};
    std::string said(name(last.kind));
    if (last.refuses())
      said += " " + std::to_string(last.reply.code) + " " + last.reply.enhanced;
    return said;
  }

  directory::PolicyPtr policy_;
  ManualClock clock_{kNow};
};

std::string from(const std::string& domain) {
  return "From: x@" + domain + "\r\nSubject: Hello\r\n\r\nHello.\r\n";
}

mail::Envelope sentBy(const std::string& sender,
                      const std::string& client = kOutside) {
  auto envelope = envelopeOf(sender, {"a@example.com"});
  envelope.clientAddress = client;
  envelope.helo = "client.example";
  return envelope;
}

}  // namespace

TEST_CASE("what SPF finds is judged by the settings") {
  struct Row {
    std::string label;
    std::string settings;
    std::string sender;
    std::string client;
    std::string want;
  };

  const Row rows[] = {
      {"a client that may send", "", "x@bank.example", "203.0.113.1", "pass"},
      {"one that may not is refused before it uploads anything",
       "",
       "x@bank.example",
       kOutside,
       "reject 550 5.7.23 at DATA"},
      {"softfail is taken", "", "x@soft.example", kOutside, "pass"},
      {"unless the settings reject it",
       "spf: {softfail: reject}",
       "x@soft.example",
       kOutside,
       "reject 550 5.7.23 at DATA"},
      {"or keep it, for which it must come",
       "spf: {softfail: quarantine}",
       "x@soft.example",
       kOutside,
       "quarantine"},
      {"or mark it",
       "spf: {softfail: mark}",
       "x@soft.example",
       kOutside,
       "mark"},
      {"a record nobody understands is no reason",
       "",
       "x@wrong.example",
       kOutside,
       "pass"},
      {"unless the settings say so",
       "spf: {permerror: reject}",
       "x@wrong.example",
       kOutside,
       "reject 550 5.7.24 at DATA"},
      {"without an answer the message waits",
       "",
       "x@down.example",
       kOutside,
       "defer 451 4.7.24 at DATA"},
      {"unless the settings say so, too",
       "spf: {temperror: accept}",
       "x@down.example",
       kOutside,
       "pass"},
      {"switched off, nothing is refused",
       "spf: {enabled: false}",
       "x@bank.example",
       kOutside,
       "pass"},
      {"not even without an answer",
       "spf: {enabled: false}",
       "x@down.example",
       kOutside,
       "pass"},
      {"no record", "", "x@unknown.example", kOutside, "pass"},
      {"a trusted network is not asked about",
       "",
       "x@bank.example",
       kTrusted,
       "pass"},
      {"nor is a client without an address", "", "x@bank.example", "", "pass"},
      {"where a forwarder is trusted, the message is waited for",
       "arc: {trusted_sealers: list.example}",
       "x@bank.example",
       kOutside,
       "reject 550 5.7.23"},
      {"where DMARC may pass it, too",
       "spf: {wait_for_dmarc: true}",
       "x@bank.example",
       kOutside,
       "reject 550 5.7.23"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(row.settings);
    CHECK(world.judge(sentBy(row.sender, row.client), from("friend.example")) ==
          row.want);
  }
}

TEST_CASE("what SPF finds about HELO is judged by the settings") {
  struct Row {
    std::string label;
    std::string settings;
    std::string sender;
    std::string helo;
    std::string want;
  };

  const std::string friendly = "x@friend.example";
  const Row rows[] = {
      {"a name that others may use alone",
       "",
       friendly,
       "told.example",
       "reject 550 5.7.23 at DATA"},
      {"a name that is probably another's",
       "",
       friendly,
       "soft.example",
       "pass"},
      {"a name nobody knows", "", friendly, "unknown.example", "pass"},
      {"no name, but an address", "", friendly, "[203.0.113.9]", "pass"},
      {"a record nobody understands", "", friendly, "wrong.example", "pass"},
      {"a name whose DNS is dead", "", friendly, "down.example", "pass"},
      {"not asked",
       "spf: {helo_fail: accept}",
       friendly,
       "told.example",
       "pass"},
      {"marked", "spf: {helo_fail: mark}", friendly, "told.example", "mark"},
      {"kept",
       "spf: {helo_fail: quarantine}",
       friendly,
       "told.example",
       "quarantine"},
      {"SPF is off", "spf: {enabled: false}", friendly, "told.example", "pass"},
      {"what would be kept is refused, where MAIL FROM is forged",
       "spf: {helo_fail: quarantine}",
       "x@bank.example",
       "told.example",
       "reject 550 5.7.23 at DATA"},
      {"the name of the domain it sends for goes by that",
       "spf: {fail: accept}",
       "x@told.example",
       "Told.example",
       "pass"},
      {"a bounce goes by HELO alone",
       "spf: {helo_fail: accept}",
       "",
       "told.example",
       "reject 550 5.7.23 at DATA"},
      {"and by the setting for MAIL FROM",
       "spf: {fail: accept}",
       "",
       "told.example",
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(row.settings);
    auto envelope = sentBy(row.sender);
    envelope.helo = row.helo;
    CHECK(world.judge(envelope, from("friend.example")) == row.want);
  }

  SUBCASE("an allow entry with proof spares it") {
    const config::ListEntry entry{.name = "e", .proof = config::ListProof::Spf};
    for (const std::string client : {"203.0.113.1", kOutside}) {
      CAPTURE(client);
      World world("spf: {fail: accept}, dmarc: {enabled: false}");
      world.findings.promise = {&entry, {Skip::Spf}};
      auto envelope = sentBy("x@bank.example", client);
      envelope.helo = "told.example";
      CHECK(world.judge(envelope, from("friend.example")) ==
            (client == kOutside ? "reject 550 5.7.23" : "pass"));
    }
  }
}

TEST_CASE("what DKIM and DMARC find is judged by the settings") {
  World signer("");
  const std::string bank = kBankMail;
  const std::string broken = replaceAll(signer.sign(bank), "Pay", "Buy");

  struct Row {
    std::string label;
    std::string settings;
    std::string message;
    std::string want;
  };

  const Row rows[] = {
      {"signed by its author's domain", "", signer.sign(bank), "pass"},
      {"with a key that is long enough",
       "dkim: {min_rsa_bits: 2048}",
       signer.sign(bank),
       "pass"},
      {"with one that is too short for the settings",
       "dkim: {min_rsa_bits: 4096}",
       signer.sign(bank),
       "reject 550 5.7.26"},
      {"changed on its way", "", broken, "reject 550 5.7.26"},
      {"not signed", "", bank, "reject 550 5.7.26"},
      {"with DMARC off, a broken signature costs nothing",
       "dmarc: {enabled: false}",
       broken,
       "pass"},
      {"unless the settings say so",
       "dkim: {failure: reject}, dmarc: {enabled: false}",
       broken,
       "reject 550 5.7.20"},
      {"which says nothing about unsigned mail",
       "dkim: {failure: reject}, dmarc: {enabled: false}",
       bank,
       "pass"},
      {"p=reject may be kept",
       "dmarc: {reject: quarantine}",
       bank,
       "quarantine"},
      {"or marked", "dmarc: {reject: mark}", bank, "mark"},
      {"or ignored", "dmarc: {reject: accept}", bank, "pass"},
      {"p=quarantine is kept", "", from("kept.example"), "quarantine"},
      {"or rejected",
       "dmarc: {quarantine: reject}",
       from("kept.example"),
       "reject 550 5.7.26"},
      {"a domain without policy", "", from("friend.example"), "pass"},
      {"a policy that cannot be fetched",
       "",
       from("down.example"),
       "defer 451 4.4.3"},
      {"is nobody's, where the settings say so",
       "dmarc: {temperror: accept}",
       from("down.example"),
       "pass"},
      {"a policy between the author and the registered domain: by the list, "
       "nobody's",
       "",
       from("mail.walked.co.example"),
       "pass"},
      {"by a walk up the DNS it is found",
       "dmarc: {mode: rfc9989}",
       from("mail.walked.co.example"),
       "reject 550 5.7.26"},
      {"two From fields hide the author",
       "",
       "From: a@friend.example\r\n" + bank,
       "reject 550 5.7.1"},
      {"so does none", "", "Subject: x\r\n\r\nx\r\n", "reject 550 5.7.1"},
      {"which the settings may allow",
       "dmarc: {no_author: accept}",
       "Subject: x\r\n\r\nx\r\n",
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(row.settings);
    CHECK(world.judge(sentBy("x@friend.example"), row.message) == row.want);
  }
}

TEST_CASE("a signing network passes authentication, whoever it claims to be") {
  struct Row {
    std::string label;
    std::string network;
    std::string client;
    std::string want;
  };

  const Row rows[] = {
      {"a host of it", "203.0.113.0/24", kOutside, "pass"},
      {"a host beside it",
       "198.51.100.0/24",
       kOutside,
       "reject 550 5.7.23 at DATA"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world("spf: {helo_fail: reject}, dkim: {failure: reject}",
                "dkim: {signing_networks: [" + row.network + "]}\n");
    auto envelope = sentBy("x@bank.example", row.client);
    envelope.helo = "told.example";
    const auto message = replaceAll(world.sign(kBankMail), "Pay", "Buy");
    CHECK(world.judge(envelope, message) == row.want);
    if (row.want != "pass") continue;
    CHECK(world.reasons ==
          std::vector<std::string>(4, "from a signing network"));
    CHECK(methodResults(world.findings.authentication).empty());
    CHECK_FALSE(world.findings.authentication.evaluation);
  }
}

TEST_CASE("a key that cannot be fetched proves nothing, either way") {
  World world("");
  const auto message = world.sign(kBankMail);

  struct Row {
    std::string label;
    std::string settings;
    std::string want;
  };

  const Row rows[] = {
      {"where a failure is refused, the sender comes again",
       "dkim: {failure: reject}, dmarc: {enabled: false}",
       "defer 451 4.7.5"},
      {"where it is only marked, too",
       "dkim: {failure: mark}, dmarc: {enabled: false}",
       "defer 451 4.7.5"},
      {"unless the settings take it for none that failed",
       "dkim: {failure: reject, temperror: accept}, dmarc: {enabled: false}",
       "pass"},
      {"where a failure costs nothing, there is nothing to wait for",
       "dmarc: {enabled: false}",
       "pass"},
      {"DMARC has a setting of its own",
       "dkim: {failure: reject, temperror: accept}",
       "defer 451 4.4.3"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World down(row.settings);
    down.zone.fail(dkim::recordName("s", "bank.example"));
    CHECK(down.judge(sentBy("x@friend.example"), message) == row.want);
  }
}

TEST_CASE("a forwarder vouches where it is trusted, and for what it sealed") {
  World signer("");
  const std::string changed =
      replaceAll(signer.sign(kBankMail), "Subject: ", "Subject: [list] ");
  const std::string sealed = signer.seal(changed);
  const std::string kTrust = "arc: {trusted_sealers: List.Example}";

  struct Row {
    std::string label;
    std::string settings;
    std::string sender;
    std::string message;
    std::string want;
  };

  const Row rows[] = {
      {"trusted", kTrust, "x@list.example", sealed, "pass"},
      {"not trusted", "", "x@list.example", sealed, "reject 550 5.7.26"},
      {"another one is trusted",
       "arc: {trusted_sealers: other.example}",
       "x@list.example",
       sealed,
       "reject 550 5.7.26"},
      {"trusted, with a key that is too short for the settings",
       kTrust + ", dkim: {min_rsa_bits: 4096}",
       "x@list.example",
       sealed,
       "reject 550 5.7.26"},
      {"changed behind the seal",
       kTrust,
       "x@list.example",
       replaceAll(sealed, "Pay", "Buy"),
       "reject 550 5.7.26"},
      {"not sealed", kTrust, "x@list.example", changed, "reject 550 5.7.26"},
      {"trusted, and SPF fails for the sender it kept",
       kTrust,
       "x@bank.example",
       sealed,
       "pass"},
      {"SPF fails and DMARC passes by a signature",
       "spf: {wait_for_dmarc: true}",
       "x@bank.example",
       signer.sign(kBankMail),
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(row.settings);
    CHECK(world.judge(sentBy(row.sender), row.message) == row.want);
  }

  World down(kTrust);
  down.zone.fail(dkim::recordName("s", "list.example"));
  CHECK(down.judge(sentBy("x@list.example"), sealed) == "defer 451 4.4.3");
}

TEST_CASE("an allow rule spares what its table says, and nothing else") {
  struct Row {
    std::string label;
    std::vector<Skip> exempt;
    std::string sender;
    std::string message;
    std::string want;
  };

  const Row rows[] = {
      {"SPF alone: DMARC still decides",
       {Skip::Spf},
       "x@bank.example",
       kBankMail,
       "reject 550 5.7.26"},
      {"SPF alone: the domain has no DMARC",
       {Skip::Spf},
       "x@told.example",
       from("friend.example"),
       "pass"},
      {"DMARC alone: SPF still decides",
       {Skip::Dmarc},
       "x@bank.example",
       kBankMail,
       "reject 550 5.7.23 at DATA"},
      {"all of them",
       {Skip::Spf, Skip::Dkim, Skip::Dmarc},
       "x@bank.example",
       kBankMail,
       "pass"},
      {"all of them, and a DNS that is down",
       {Skip::Spf, Skip::Dkim, Skip::Dmarc},
       "x@down.example",
       from("down.example"),
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world("");
    for (const auto skip : row.exempt) world.findings.exempt.add(skip);
    CHECK(world.judge(sentBy(row.sender), row.message) == row.want);
  }
}

TEST_CASE("an allow entry with proof spares what it promised, once proven") {
  const config::ListEntry spf{.name = "e", .proof = config::ListProof::Spf};
  const config::ListEntry dkim{.name = "e", .proof = config::ListProof::Dkim};
  const config::ListEntry dmarc{.name = "e", .proof = config::ListProof::Dmarc};
  constexpr directory::SkipSet kDomain{
      Skip::Spf, Skip::Antivirus, Skip::Dkim, Skip::Dmarc, Skip::Restrictions};
  constexpr directory::SkipSet kSender{
      Skip::Spf, Skip::Antivirus, Skip::Restrictions};
  const std::string may = "203.0.113.1";
  const std::string bank = kBankMail;
  const std::string signedMail = World("").sign(bank);
  const std::string forged = replaceAll(signedMail, "Pay", "Buy");

  struct Row {
    std::string label;
    const config::ListEntry* entry;
    directory::SkipSet skips;
    std::string sender;
    std::string client;
    std::string message;
    std::string want;
    bool spared;  // The antivirus scan.
  };

  const Row rows[] = {
      {"SPF passes, so DMARC is not asked for another author",
       &spf,
       kDomain,
       "x@bank.example",
       may,
       from("kept.example"),
       "pass",
       true},
      {"SPF passes, by an entry that says nothing of DMARC",
       &spf,
       kSender,
       "x@bank.example",
       may,
       from("kept.example"),
       "quarantine",
       true},
      {"SPF fails",
       &spf,
       kDomain,
       "x@bank.example",
       kOutside,
       signedMail,
       "reject 550 5.7.23 at DATA",
       false},
      {"no record is no proof",
       &spf,
       kDomain,
       "x@unknown.example",
       kOutside,
       from("friend.example"),
       "pass",
       false},
      {"signed by the sender's domain, from wherever it comes",
       &dkim,
       kDomain,
       "x@bank.example",
       kOutside,
       signedMail,
       "pass",
       true},
      {"by a sub-domain's mail",
       &dkim,
       kDomain,
       "x@news.bank.example",
       kOutside,
       signedMail,
       "pass",
       true},
      {"not signed: SPF holds after all",
       &dkim,
       kDomain,
       "x@told.example",
       kOutside,
       from("friend.example"),
       "reject 550 5.7.23",
       false},
      {"changed on its way",
       &dkim,
       kDomain,
       "x@bank.example",
       kOutside,
       forged,
       "reject 550 5.7.26",
       false},
      {"signed by somebody else",
       &dkim,
       kDomain,
       "x@told.example",
       kOutside,
       signedMail,
       "reject 550 5.7.23",
       false},
      {"an SPF record out of reach waits for the signature, too",
       &dkim,
       kDomain,
       "x@down.example",
       kOutside,
       from("friend.example"),
       "defer 451 4.7.24",
       false},
      {"the author's domain is the sender's, and proven",
       &dmarc,
       kSender,
       "x@bank.example",
       kOutside,
       signedMail,
       "pass",
       true},
      {"proven is another domain than the sender's",
       &dmarc,
       kSender,
       "x@told.example",
       kOutside,
       signedMail,
       "reject 550 5.7.23",
       false},
      {"not proven",
       &dmarc,
       kSender,
       "x@bank.example",
       kOutside,
       forged,
       "reject 550 5.7.26",
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world("");
    world.findings.promise = {row.entry, row.skips};
    CHECK(world.judge(sentBy(row.sender, row.client), row.message) == row.want);
    CHECK(world.findings.exempt.has(Skip::Antivirus) == row.spared);
    // By SPF policyd has counted it.
    CHECK((world.findings.proven == row.entry) ==
          (row.spared && row.entry != &spf));
  }

  SUBCASE("a key that cannot be fetched may prove it yet") {
    const auto judged = [&](const std::string& settings) {
      World world(settings);
      world.zone.fail(dkim::recordName("s", "bank.example"));
      world.findings.promise = {&dkim, kSender};
      return world.judge(sentBy("x@bank.example"), signedMail);
    };
    const std::string off = "dmarc: {enabled: false}";
    CHECK(judged(off) == "defer 451 4.4.3");
    CHECK(judged(off + ", spf: {temperror: accept}") == "reject 550 5.7.23");
  }
  SUBCASE("a proof is looked for where nothing else asks") {
    for (const auto* entry : {&spf, &dkim, &dmarc}) {
      CAPTURE(static_cast<int>(entry->proof));
      World world(
          "spf: {enabled: false}, dkim: {enabled: false}, "
          "dmarc: {enabled: false}");
      world.findings.promise = {entry, kSender};
      CHECK(world.judge(sentBy("x@bank.example", may), signedMail) == "pass");
      CHECK(world.findings.exempt.has(Skip::Antivirus));
    }
  }
}

TEST_CASE("who is doubtful has no good name to lose") {
  struct Row {
    std::string label;
    std::string sender;
    std::string client;
    std::string message;
    bool doubtful;
  };

  World signer("");
  const std::string signedMail = signer.sign(kBankMail);
  const Row rows[] = {
      {"SPF passes, and DMARC",
       "x@bank.example",
       "203.0.113.1",
       kBankMail,
       false},
      {"nothing is published",
       "x@a.example",
       kOutside,
       from("a.example"),
       false},
      {"SPF fails", "x@told.example", kOutside, from("told.example"), true},
      {"SPF fails softly",
       "x@soft.example",
       kOutside,
       from("soft.example"),
       true},
      {"SPF fails, but the same domain has signed",
       "x@bank.example",
       kOutside,
       signedMail,
       false},
      {"SPF fails, and another domain has signed",
       "x@told.example",
       kOutside,
       signedMail,
       true},
      {"SPF passes, DMARC fails",
       "x@bank.example",
       "203.0.113.1",
       from("kept.example"),
       true},
      {"DMARC fails", "x@a.example", kOutside, from("kept.example"), true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(
        "spf: {fail: accept}, dmarc: {reject: accept, quarantine: accept}");
    CHECK(world.judge(sentBy(row.sender, row.client), row.message) == "pass");
    CHECK(senderIsDoubtful(world.findings) == row.doubtful);
  }

  SUBCASE("a trusted forwarder's word counts") {
    World world(
        "spf: {fail: accept}, dmarc: {reject: accept}, "
        "arc: {trusted_sealers: list.example}");
    const std::string forwarded =
        replaceAll(world.seal(signedMail), "Subject: Hello", "Subject: Hello");
    world.judge(sentBy("x@told.example"), forwarded);
    world.findings.authentication.vouchedFor = true;
    CHECK_FALSE(senderIsDoubtful(world.findings));
  }
}

TEST_CASE("the client reads why, and nothing a sender could abuse") {
  World world("");
  world.judge(sentBy("x@told.example"), kBankMail);
  CHECK(world.last.reply.text ==
        "203.0.113.9 is not allowed to send mail for told.example; "
        "told.example explains: 100? forged");
  CHECK(world.last.reason ==
        "fail: 203.0.113.9 for told.example by -all, 0 lookups");
  CHECK(world.last.found == "spf fail");
}

TEST_CASE("who is marked is told apart") {
  World world("dmarc: {reject: mark}, mark_subject: '[unproven]'");
  CHECK(world.judge(sentBy("x@friend.example"), kBankMail) == "mark");
  const auto& marks = world.findings.marks;
  CHECK(marks.subjectPrefixes == std::vector<std::string>{"[unproven]"});
  REQUIRE(marks.fields.size() == 1);
  CHECK(marks.fields[0].name == "X-Mailreeve-Authentication");
  CHECK(marks.fields[0].value == " dmarc reject");
}

TEST_CASE("a message is put on record for the domain's report") {
  World world("dmarc: {reject: quarantine}");
  world.judge(sentBy("x@bank.example", "203.0.113.1"), world.sign(kBankMail));
  const auto& passed = world.findings.authentication.evaluation;
  REQUIRE(passed);
  CHECK(passed->policyDomain == "bank.example");
  CHECK(passed->organisation == "bank.example");
  CHECK(passed->record.aggregate == std::vector<std::string>{"r@b.example"});
  CHECK(passed->sourceIp == "203.0.113.1");
  CHECK(passed->headerFrom == "bank.example");
  CHECK(passed->envelopeFrom == "bank.example");
  CHECK(passed->envelopeTo == std::vector<std::string>{"example.com"});
  CHECK(passed->dkimAligned);
  CHECK(passed->spfAligned);
  CHECK(passed->disposition == "none");
  CHECK(passed->overrideType.empty());
  REQUIRE(passed->signatures.size() == 1);
  CHECK(passed->signatures[0].selector == "s");
  CHECK(passed->signatures[0].result == "pass");
  CHECK(passed->spfScope == "mfrom");
  CHECK(passed->spfResult == "pass");

  World kept("dmarc: {reject: quarantine}");
  kept.judge(sentBy("x@friend.example"), kBankMail);
  REQUIRE(kept.findings.authentication.evaluation);
  CHECK(kept.findings.authentication.evaluation->disposition == "quarantine");
  CHECK(kept.findings.authentication.evaluation->overrideType ==
        "local_policy");

  World vouched("arc: {trusted_sealers: list.example}");
  vouched.judge(sentBy("x@list.example"), vouched.seal(kBankMail));
  REQUIRE(vouched.findings.authentication.evaluation);
  const auto& evaluation = *vouched.findings.authentication.evaluation;
  CHECK(evaluation.disposition == "none");
  CHECK(evaluation.overrideType == "local_policy");
  CHECK(evaluation.overrideComment == "arc=pass as[1].d=list.example");

  World sampled("");
  sampled.zone.addText("_dmarc.some.example", "v=DMARC1; p=quarantine; pct=0");
  CHECK(sampled.judge(sentBy("x@friend.example"), from("some.example")) ==
        "pass");
  CHECK(sampled.findings.authentication.evaluation->overrideType ==
        "sampled_out");

  World strict("dmarc: {honour_percent: false}");
  strict.zone.addText("_dmarc.some.example", "v=DMARC1; p=quarantine; pct=0");
  CHECK(strict.judge(sentBy("x@friend.example"), from("some.example")) ==
        "quarantine");

  World none("");
  none.judge(sentBy("x@friend.example"), from("friend.example"));
  CHECK_FALSE(none.findings.authentication.evaluation);
  World deferred("");
  deferred.judge(sentBy("x@friend.example"), from("down.example"));
  CHECK_FALSE(deferred.findings.authentication.evaluation);
}

TEST_CASE("results are written once, under our name alone") {
  World world("");
  const std::string forged =
      "Authentication-Results: mx.example.com; dmarc=pass\r\n"
      "Authentication-Results: other.example; spf=pass\r\n"
      "authentication-results: \"MX.example.com.\"; dkim=pass\r\n";
  const std::string bytes = forged + from("friend.example");
  const auto envelope = sentBy("x@soft.example");
  REQUIRE(world.judge(envelope, bytes) == "pass");

  const auto policy = policyOf();
  const auto message = messageOf(bytes, envelope);
  const Transaction transaction(*policy, message.envelope(), kNow);
  Draft draft(message);
  const AuthenticationResults edit("mx.example.com");
  const auto verdict = edit.propose(transaction, world.findings, draft);
  REQUIRE(verdict);
  CHECK(verdict->reason == "removed 2 that bore our name");
  RecordingMta mta;
  REQUIRE(draft.applyTo(mta));
  CHECK(mta.lines() == std::vector<std::string>{
                           "-header Authentication-Results 3",
                           "-header Authentication-Results 1",
                           "^header Authentication-Results: mx.example.com;\n"
                           "\tspf=softfail smtp.mailfrom=soft.example;\n"
                           "\tdkim=none;\n"
                           "\tdmarc=none header.from=friend.example"});

  Draft own(message);
  REQUIRE(AuthenticationResults("mx.example.com")
              .propose(transaction, Findings{}, own));
  RecordingMta ours;
  REQUIRE(own.applyTo(ours));
  CHECK(ours.lines().size() == 2);  // Forged ones go, nothing is added.
}

TEST_CASE("the time for the DNS is one for the whole message") {
  DnsTime time;
  const auto limit = std::chrono::milliseconds(200);
  const auto left = [](dns::Deadline deadline) {
    return deadline - std::chrono::steady_clock::now();
  };
  CHECK(time.spend(limit, left) > std::chrono::milliseconds(100));
  time.spend(limit, [](dns::Deadline deadline) {
    while (std::chrono::steady_clock::now() < deadline) {
    }
    return 0;
  });
  CHECK(time.spend(limit, left) <= std::chrono::milliseconds(0));
}

}  // namespace mailreeve::milter
