// What becomes of a message by what the engines say, on real sockets. What they
// do not say is in the fault matrix (tests/unit/faults).
#include "milter/checks/antivirus.h"

#include <doctest/doctest.h>

#include "core/scan/clamd.h"
#include "core/scan/engine.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scan/icap_double.h"

namespace mailreeve::milter {

namespace {

using config::AntivirusEngine;
using scan::EngineDouble;
using scan::Peer;

constexpr const char* kInfected =
    "From: x@outside.example\r\nSubject: Hello\r\n\r\nEICAR\r\n";
constexpr const char* kClean =
    "From: x@outside.example\r\nSubject: Hello\r\n\r\nHello.\r\n";

struct Judged {
  Verdict verdict;
  Findings findings;
};

struct Case {
  config::Antivirus settings;
  std::string bytes = kInfected;
  std::string login;
  Findings before;
  std::optional<Released> released;
  bool proven = false;  // An allow rule's proof came with the message.

  // As the chain does it: at DATA, as the bytes come, at the end.
  [[nodiscard]] Judged judge() const {
    auto scanner = scan::makeScanner(settings, nullptr);
    REQUIRE(scanner);
    const Antivirus check(settings, *scanner);
    const auto policy = policyOf();
    const auto envelope = login.empty()
                              ? envelopeOf("x@outside.example",
                                           {"a@example.com", "b@example.com"})
                              : envelopeOf(login, {"x@outside.example"}, login);
    Transaction transaction(*policy, envelope, kNow);
    transaction.released = released;
    const auto message = messageOf(bytes, envelope);
    Judged judged{Verdict::pass(), before};
    const auto inquiry = check.inquire(transaction, judged.findings);
    if (inquiry) {
      const auto all = message.bytes();
      inquiry->bytes(all.substr(0, 10));
      inquiry->bytes(all.substr(10));
      inquiry->complete(message);
      if (proven) judged.findings.exempt.add(Skip::Antivirus);
    }
    auto verdict = inquiry
                       ? inquiry->answer(transaction, message, judged.findings)
                       : check.onMessage(transaction, message, judged.findings);
    REQUIRE(verdict);
    judged.verdict = *std::move(verdict);
    return judged;
  }
};

Case withClamd(const EngineDouble& engine) {
  Case made;
  made.settings.engine = AntivirusEngine::Clamav;
  made.settings.clamd.socket = engine.endpoint().path;
  made.settings.timeLimitSeconds = 10;
  return made;
}

std::string word(const Judged& judged) {
  return std::string(name(judged.verdict.kind));
}

}  // namespace

TEST_CASE("an infected message from outside meets the action of the settings") {
  const EngineDouble engine(scan::behaveAsClamd);
  Case infected = withClamd(engine);
  infected.settings.notifyRecipients = true;

  SUBCASE("quarantine, and the recipients are told") {
    const auto judged = infected.judge();
    CHECK(word(judged) == "quarantine");
    CHECK(judged.verdict.found == "Eicar-Test");
    CHECK(judged.verdict.reason == "Eicar-Test (clamd)");
    REQUIRE(judged.findings.notices.size() == 1);
    CHECK(judged.findings.notices[0].recipients ==
          std::vector<std::string>{"a@example.com", "b@example.com"});
    CHECK(judged.findings.marks.subjectPrefixes.empty());
  }
  SUBCASE("delete, and the recipients are told") {
    infected.settings.action = config::VirusAction::Delete;
    const auto judged = infected.judge();
    CHECK(word(judged) == "discard");
    CHECK(judged.findings.notices.size() == 1);
  }
  SUBCASE("deliver, marked") {
    infected.settings.action = config::VirusAction::Deliver;
    const auto judged = infected.judge();
    CHECK(word(judged) == "mark");
    CHECK(judged.findings.notices.empty());
    CHECK(judged.findings.marks.subjectPrefixes ==
          std::vector<std::string>{"[VIRUS]"});
    REQUIRE(judged.findings.marks.fields.size() == 1);
    CHECK(judged.findings.marks.fields[0].name == "X-Virus-Status");
    CHECK(judged.findings.marks.fields[0].text() == "Infected (Eicar-Test)");
  }
  SUBCASE("nobody is told when the settings say so") {
    infected.settings.notifyRecipients = false;
    CHECK(infected.judge().findings.notices.empty());
  }
  SUBCASE("a clean one passes") {
    infected.bytes = kClean;
    const auto judged = infected.judge();
    CHECK(word(judged) == "pass");
    CHECK(judged.verdict.reason == "clean (clamd)");
  }
}

TEST_CASE(
    "what our own users send is refused, or treated as mail from outside") {
  const EngineDouble engine(scan::behaveAsClamd);
  Case own = withClamd(engine);
  own.login = "a@example.com";
  const auto judged = own.judge();
  CHECK(word(judged) == "reject");
  CHECK(judged.verdict.reply.code == 550);
  CHECK(judged.verdict.reply.text.find("Eicar") == std::string::npos);
  own.settings.outboundAction = config::OutboundVirusAction::AsInbound;
  CHECK(word(own.judge()) == "quarantine");
  own.settings.scanOutbound = false;
  CHECK(own.judge().verdict.reason == "not scanned: outbound");
}

TEST_CASE("only an exemption for the whole message spares it the scan") {
  const EngineDouble engine(scan::behaveAsClamd);
  Case exempt = withClamd(engine);
  exempt.before.exempt.add(Skip::Spf);
  CHECK(word(exempt.judge()) == "quarantine");
  exempt.before.exempt.add(Skip::Antivirus);
  CHECK(word(exempt.judge()) == "pass");
}

TEST_CASE(
    "what is released is scanned whoever spares it, and waits if it must") {
  const EngineDouble engine(scan::behaveAsClamd);
  Case released = withClamd(engine);
  released.released = Released{"20260301-7K2M9QXR4TPB", {"spam"}, "BAYES"};
  SUBCASE("an allow rule spares it nothing") {
    released.before.exempt.add(Skip::Antivirus);
    CHECK(word(released.judge()) == "quarantine");
  }
  SUBCASE("nor does a setting about our own users") {
    released.login = "a@example.com";
    released.settings.scanOutbound = false;
    CHECK(word(released.judge()) == "reject");
  }
  SUBCASE("without an answer it waits, whatever is done with new mail") {
    const Scratch nobody;
    released.settings.clamd.socket = nobody.path / "none";
    released.settings.onFailure = config::ScanFailure::Deliver;
    CHECK(word(released.judge()) == "defer");
  }
  SUBCASE("too large for a scan, it goes where it would have gone marked") {
    released.settings.maxScanSize = 20;
    CHECK(word(released.judge()) == "pass");
    released.settings.tooLarge = config::TooLargeAction::Quarantine;
    CHECK(word(released.judge()) == "quarantine");
  }
  SUBCASE("or where an administrator waives that, which waives no virus") {
    released.released->waived = {"spam", "unscanned"};
    CHECK(word(released.judge()) == "quarantine");
    released.settings.maxScanSize = 20;
    released.settings.tooLarge = config::TooLargeAction::Quarantine;
    CHECK(word(released.judge()) == "pass");
  }
  SUBCASE("or where it was held for nothing else") {
    released.settings.maxScanSize = 20;
    released.settings.tooLarge = config::TooLargeAction::Quarantine;
    released.released->found = released.judge().verdict.found;
    CHECK(word(released.judge()) == "pass");
  }
}

TEST_CASE("an allow rule may hold only at the message's end") {
  const EngineDouble engine(scan::behaveAsClamd);
  Case late = withClamd(engine);
  late.proven = true;
  const auto judged = late.judge();
  CHECK(word(judged) == "pass");
  CHECK(judged.verdict.reason.starts_with("not scanned: an allow rule"));
}

TEST_CASE("without an engine there is no opinion and no line of trace") {
  Case none;
  const auto judged = none.judge();
  CHECK(word(judged) == "pass");
  CHECK(judged.verdict.reason.empty());
}

TEST_CASE("what is too large to be scanned meets its own decision") {
  const EngineDouble engine(scan::behaveAsClamd);
  Case large = withClamd(engine);
  large.settings.maxScanSize = 20;
  const std::vector<std::pair<config::TooLargeAction, std::string>> rows = {
      {config::TooLargeAction::Mark, "mark"},
      {config::TooLargeAction::Deliver, "pass"},
      {config::TooLargeAction::Quarantine, "quarantine"},
      {config::TooLargeAction::Reject, "reject"}};
  for (const auto& [action, wanted] : rows) {
    CAPTURE(wanted);
    large.settings.tooLarge = action;
    CHECK(word(large.judge()) == wanted);
    // The same when clamd has a limit of its own, below ours.
    const EngineDouble small([](Peer& peer) {
      (void)peer.readUntil("zINSTREAM" + std::string(1, '\0'));
      peer.say("1: INSTREAM size limit exceeded. ERROR" + std::string(1, '\0'));
    });
    Case theirs = withClamd(small);
    theirs.settings.tooLarge = action;
    CHECK(word(theirs.judge()) == wanted);
  }
}

namespace {

struct Fault {
  std::string label;
  EngineDouble::Behaviour behaviour;  // Null: nobody is there.
};

std::vector<Fault> faults() {
  return {{"dead", nullptr},
          {"refusing", [](Peer& peer) { peer.close(); }},
          {"slow", [](Peer& peer) { peer.silence(); }},
          {"answering nonsense", [](Peer& peer) {
             peer.say("\x7f\x45\x4c\x46 hello\r\n\r\n" + std::string(1, '\0'));
             peer.silence();
           }}};
}

}  // namespace

TEST_CASE("whatever ails the ICAP server, clamd finds the virus") {
  const EngineDouble clamd(scan::behaveAsClamd);
  for (const auto& fault : faults()) {
    CAPTURE(fault.label);
    const Scratch nobody;
    std::optional<EngineDouble> there;
    if (fault.behaviour) there.emplace(fault.behaviour);
    Case broken;
    broken.settings.engine = AntivirusEngine::Icap;
    broken.settings.icap.server =
        there ? there->endpoint().path : nobody.path / "none";
    broken.settings.clamd.socket = clamd.endpoint().path;
    broken.settings.timeLimitSeconds = 2;
    broken.settings.warnTo = {"admin@example.com"};
    const auto judged = broken.judge();
    CHECK(word(judged) == "quarantine");
    CHECK(judged.verdict.found == "Eicar-Test");
    REQUIRE(judged.findings.warnings.size() == 1);
    CHECK(judged.findings.warnings[0].recipients ==
          std::vector<std::string>{"admin@example.com"});
    CHECK(judged.findings.warnings[0].once.key == "icap down");
  }
}

}  // namespace mailreeve::milter
