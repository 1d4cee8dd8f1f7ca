// A whole message through the session: steps in their order, answers, changes,
// reports. The same through libmilter: tests/integration.
#include "milter/session.h"

#include "core/store/quarantine_message.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scratch.h"

namespace mailreeve::milter {

namespace {

// Everything a session needs, and what it leaves behind.
struct World {
  explicit World(std::shared_ptr<const Engine> first)
      : engine(std::move(first)) {}

  Snapshot<Engine> engine;
  FakeUsage usage;
  ManualClock clock{kNow};
  Tally tally;
  Scratch scratch;
  std::vector<Report> reports;
  Services services{
      engine,
      usage,
      clock,
      tally,
      scratch.path.string(),
      [this](Report report) { reports.push_back(std::move(report)); }};
};

// What any structure is allowed by needs no body.
std::string structure(const std::string& partial,
                      const std::string& externalBody,
                      const std::string& malformed) {
  return "content: {structure: {partial: " + partial +
         ", external_body: " + externalBody + ", malformed: " + malformed +
         "}}\n";
}

const std::string kAnyStructure = structure("allow", "allow", "allow");

constexpr const char* kQuota = "    limits: {daily_messages: 1}\n";
constexpr const char* kLogin = "a@example.com";

struct Sent {
  std::string login = kLogin;
  std::vector<std::string> to = {"<x@o.example>"};
  std::vector<std::string_view> parameters = {};
  std::vector<std::pair<std::string, std::string>> headers = {
      {"Subject", " Hello"}};
  std::string body = "Hello.\r\n";
};

void begin(Session& session, const Sent& mail) {
  session.connect("client.example", kOutside);
  session.helo("client.example");
  session.mailFrom("<a@example.com>", mail.parameters, mail.login);
  for (const auto& to : mail.to) session.rcptTo(to);
}

Verdict send(World& world, const Sent& mail, RecordingMta& mta) {
  Session session(world.services, true);
  begin(session, mail);
  if (auto verdict = session.data("4ABCDE"); verdict.final()) return verdict;
  for (const auto& [name, value] : mail.headers) session.header(name, value);
  session.body(mail.body);
  return session.endOfMessage("4ABCDE", mta);
}

Verdict send(World& world, const Sent& mail = {}) {
  RecordingMta mta;
  return send(world, mail, mta);
}

}  // namespace

TEST_CASE("a refused message is answered with code and words, never a reason") {
  struct Row {
    std::string label;
    Sent mail;
    int code;
    std::string enhanced;
    std::string words;
  };

  const Row rows[] = {
      {"too many recipients",
       {.to = {"<1@o.example>",
               "<2@o.example>",
               "<3@o.example>",
               "<4@o.example>",
               "<5@o.example>"}},
       550,
       "5.5.3",
       "Too many recipients"},
      {"declared too large",
       {.parameters = {"BODY=8BITMIME", "size=5000"}},
       552,
       "5.3.4",
       "Message too large"},
      {"a size that is no number is none",
       {.parameters = {"SIZE=abc"}},
       250,
       "",
       ""},
      {"too large for the server",
       {.body = std::string(5000, 'x')},
       552,
       "5.3.4",
       "Message too large"},
      {"too many hops",
       {.headers = std::vector<std::pair<std::string, std::string>>(
            6, {"Received", " by x"})},
       554,
       "5.4.6",
       "Too many hops"},
      {"more header fields than a client writes",
       {.headers = std::vector<std::pair<std::string, std::string>>(
            HeaderLimits::kFields + 1, {"X", ""})},
       552,
       "5.3.4",
       "Message too large"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(engineOf());
    const auto verdict = send(world, row.mail);
    CHECK(verdict.reply.code == row.code);
    CHECK(verdict.reply.enhanced == row.enhanced);
    REQUIRE(world.reports.size() == 1);
    const auto& report = world.reports.front();
    if (row.code != 250)
      CHECK(verdict.reply.text ==
            row.words + " (reference " + report.code + ")");
    CHECK(report.envelope.queueId == "4ABCDE");
    CHECK(world.usage.used["a@example.com"].messages ==
          (row.code == 250 ? 1 : 0));
  }
}

TEST_CASE("the draft is made real on the MTA, then the message is counted") {
  World world(
      engineOf("    auto_bcc: [{name: all, when: all, to: [archive]}]\n"
               "    disclaimers: [{name: legal, plain: LEGAL}]\n"));
  RecordingMta mta;
  CHECK(send(world, {}, mta).kind == Verdict::Kind::Pass);
  REQUIRE(mta.lines().size() >= 2);
  CHECK(mta.lines().front() == "+rcpt archive@example.com NOTIFY=NEVER");
  CHECK(mta.lines().back().find("LEGAL") != std::string::npos);
  CHECK(world.usage.used["a@example.com"].messages == 1);
  const auto& report = world.reports.at(0);
  CHECK(report.reason().find("copy to archive@example.com (all)") !=
        std::string::npos);
  CHECK(report.subject == "Hello");
}

TEST_CASE("a change that fails defers the message and leaves it uncounted") {
  const auto engine = engineOf(
      "    auto_bcc: [{name: all, when: all, to: [archive]}]\n"
      "    disclaimers: [{name: legal, plain: LEGAL}]\n");
  World whole(engine);
  RecordingMta all;
  REQUIRE(send(whole, {}, all).kind == Verdict::Kind::Pass);
  for (std::size_t calls = 0; calls < all.lines().size(); ++calls) {
    CAPTURE(calls);
    World world(engine);
    RecordingMta mta(calls);
    CHECK(send(world, {}, mta).kind == Verdict::Kind::Defer);
    CHECK(world.usage.used["a@example.com"].messages == 0);
  }
}

TEST_CASE("a charge is given back when nobody is there to hear the answer") {
  World world(engineOf(kQuota));
  RecordingMta gone(0);
  CHECK(send(world, {}, gone).kind == Verdict::Kind::Defer);
  CHECK(gone.progressCalls() == 1);
  CHECK(world.usage.used["a@example.com"].messages == 0);
  CHECK(world.tally.givenBack == 1);
  CHECK(send(world).kind == Verdict::Kind::Pass);
}

TEST_CASE("the daily quota") {
  SUBCASE("is a permanent refusal, and refused mail is not counted") {
    World world(engineOf(kQuota));
    CHECK(send(world).kind == Verdict::Kind::Pass);
    const auto verdict = send(world);
    CHECK(verdict.reply.code == 550);
    CHECK(verdict.reply.enhanced == "5.7.1");
    CHECK(world.usage.used["a@example.com"].messages == 1);
    CHECK(world.reports.back().reason() ==
          "daily_quota: over 1 messages a day (domain example.com)");
  }
  SUBCASE("is one for all addresses of a user") {
    World world(engineOf(kQuota));
    CHECK(send(world, {.login = "a@example.net"}).kind == Verdict::Kind::Pass);
    CHECK(send(world, {.login = "A@example.com"}).kind ==
          Verdict::Kind::Reject);
  }
  SUBCASE("counts bytes too") {
    World world(engineOf("    limits: {daily_volume: 1K}\n"));
    CHECK(send(world, {.body = std::string(900, 'x')}).kind ==
          Verdict::Kind::Pass);
    CHECK(send(world, {.body = std::string(200, 'x')}).kind ==
          Verdict::Kind::Reject);
  }
  SUBCASE("is nobody's when nobody logged in") {
    World world(engineOf(kQuota));
    CHECK(send(world, {.login = ""}).kind == Verdict::Kind::Pass);
    CHECK(send(world, {.login = ""}).kind == Verdict::Kind::Pass);
    CHECK(world.usage.used.empty());
  }
  SUBCASE("fails closed when there is a limit") {
    World world(engineOf(kQuota));
    world.usage.broken = true;
    CHECK(send(world).kind == Verdict::Kind::Defer);
  }
  SUBCASE("fails open when there is none") {
    World world(engineOf());
    world.usage.broken = true;
    CHECK(send(world).kind == Verdict::Kind::Pass);
  }
}

TEST_CASE("a discarded message is accepted in words and counted nowhere") {
  World world(engineOf("",
                       "lists: {block: [{name: n, sender: a@example.com, "
                       "action: discard}]}\n"));
  const auto verdict = send(world);
  CHECK(verdict.kind == Verdict::Kind::Discard);
  CHECK(verdict.reply.text.empty());
  CHECK(world.usage.used.empty());
  CHECK(world.reports.size() == 1);
}

TEST_CASE("what cannot be held is deferred, and the log says why") {
  World world(
      engineOf("",
               "content_rules: {enabled: true, rules: [{name: r, pattern: "
               "hello, score: 6}]}\n"));
  CHECK(send(world).kind == Verdict::Kind::Defer);
  CHECK(world.reports.at(0).reason() ==
        "content_rules: 6 of 5: r (6); no quarantine: 6 of 5: r (6)");
}

TEST_CASE("a message keeps its rules through a reload") {
  World world(engineOf());
  RecordingMta mta;
  Session session(world.services, true);
  begin(session, {});
  world.engine.publish(
      engineOf("    disclaimers: [{name: legal, plain: LEGAL}]\n"));
  CHECK_FALSE(session.data("1").final());
  session.header("Subject", " x");
  session.body("x\r\n");
  CHECK(session.endOfMessage("1", mta).kind == Verdict::Kind::Pass);
  CHECK(mta.lines().empty());

  begin(session, {});
  CHECK_FALSE(session.data("2").final());
  session.body("x\r\n");
  CHECK(session.endOfMessage("2", mta).kind == Verdict::Kind::Pass);
  CHECK(mta.lines().back().find("LEGAL") != std::string::npos);
}

TEST_CASE("a connection without bodies is sent away when they are needed") {
  World world(engineOf("    limits: {attachment_size: 100K}\n"));
  Session session(world.services, false);
  begin(session, {});
  const auto verdict = session.data("1");
  CHECK(verdict.reply.code == 421);
  CHECK(verdict.kind == Verdict::Kind::Defer);
}

TEST_CASE("bodies are asked for when a setting looks at them") {
  struct Row {
    std::string label;
    std::string domain;
    std::string rest;
    bool want;
  };

  const Row rows[] = {
      {"nothing set: structure", "", "", true},
      {"split messages", "", structure("reject", "allow", "allow"), true},
      {"content elsewhere", "", structure("allow", "mark", "allow"), true},
      {"malformed mail", "", structure("allow", "allow", "mark"), true},
      {"any structure", "", kAnyStructure, false},
      {"counting messages", kQuota, kAnyStructure, false},
      {"copying",
       "    auto_bcc: [{name: all, when: all, to: [archive]}]\n",
       kAnyStructure,
       false},
      {"a disclaimer",
       "    disclaimers: [{name: d, plain: D}]\n",
       kAnyStructure,
       true},
      {"one that is off",
       "    disclaimers: [{name: d, enabled: false, plain: D}]\n",
       kAnyStructure,
       false},
      {"a size limit",
       "    limits: {message_size: 100K}\n",
       kAnyStructure,
       true},
      {"an attachment limit",
       "    limits: {attachment_size: 1M}\n",
       kAnyStructure,
       true},
      {"a volume", "    limits: {daily_volume: 1M}\n", kAnyStructure, true},
      {"a user's attachment limit",
       "",
       "policies: [{name: p, users: ['*'], attachment_size: 1M}]\n" +
           kAnyStructure,
       true},
      {"everybody's volume",
       "",
       "default_policy: {daily_volume: 1M}\n" + kAnyStructure,
       true},
      {"signatures to verify",
       "",
       "authentication_checks: {}\n" + kAnyStructure,
       true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(engineOf(row.domain, row.rest)->needsBody() == row.want);
  }
}

TEST_CASE("without a body the declared size counts") {
  World world(engineOf("", kAnyStructure));
  RecordingMta mta;
  Session session(world.services, false);
  begin(session, {.parameters = {"SIZE=1234"}});
  CHECK_FALSE(session.data("1").final());
  session.header("Subject", " x");
  CHECK(session.endOfMessage("1", mta).kind == Verdict::Kind::Pass);
  CHECK(world.usage.used["a@example.com"].bytes == 1234);
}

TEST_CASE("several messages come over one connection") {
  World world(engineOf());
  RecordingMta mta;
  Session session(world.services, true);
  for (int i = 0; i < 3; ++i) {
    begin(session, {});
    CHECK_FALSE(session.data(std::to_string(i)).final());
    session.header("Subject", " " + std::to_string(i));
    session.body("x\r\n");
    CHECK(session.endOfMessage(std::to_string(i), mta).kind ==
          Verdict::Kind::Pass);
    begin(session, {});  // And one that is given up.
    session.abort();
    session.abort();
  }
  CHECK(world.reports.size() == 3);
  CHECK(world.reports.at(2).subject == "2");
  CHECK(world.tally.aborted == 3);
}

TEST_CASE("a message that was spoilt is never accepted") {
  World world(engineOf());
  RecordingMta mta;
  Session session(world.services, true);
  begin(session, {});
  CHECK_FALSE(session.data("1").final());
  session.spoil("an internal error");
  session.body("x");
  CHECK(session.endOfMessage("1", mta).kind == Verdict::Kind::Defer);
  // Steps out of order: as from an MTA that breaks the protocol.
  session.body("x");
  CHECK(session.endOfMessage("2", mta).kind == Verdict::Kind::Defer);
  session.rcptTo("<x@y.example>");
  CHECK(session.data("3").kind == Verdict::Kind::Defer);
}

TEST_CASE("a disk that is full defers") {
  World world(engineOf("", ""));
  world.services.spoolDirectory = "/nonexistent";
  const auto big = Engine::make(
      [] {
        auto settings = policyOf()->settings();
        settings.server.maxMessageSize = 8 << 20;
        return std::make_shared<const directory::Policy>(settings);
      }(),
      "8",
      backends());
  REQUIRE(big);
  world.engine.publish(*big);
  const auto verdict = send(world, {.body = std::string(2 << 20, 'x')});
  CHECK(verdict.reply.code == 452);
  CHECK(verdict.reply.enhanced == "4.3.1");
}

TEST_CASE("a report becomes one log line and one event") {
  World world(engineOf(kQuota));
  (void)send(world);
  (void)send(world);
  auto report = world.reports.back();
  const std::string line = report.logLine();
  CHECK(line.find("4ABCDE: trace=" + report.code) == 0);
  CHECK(line.find("login=a@example.com, from=<a@example.com>, rcpts=1") !=
        std::string::npos);
  CHECK(line.find("verdict=reject, reason=daily_quota: over 1") !=
        std::string::npos);
  const auto event = std::move(report).event();
  CHECK(event.program == "milterd");
  CHECK(event.verdict == "reject");
  CHECK(event.sender == "a@example.com");
  CHECK(event.recipients == std::vector<std::string>{"x@o.example"});
  CHECK(event.reply.find("550 5.7.1 Daily sending limit reached (reference") ==
        0);
  CHECK(event.trace.find("\"step\":\"daily_quota\"") != std::string::npos);
}

TEST_CASE("explain asks the same engine and counts nothing") {
  const auto engine = engineOf(kQuota);
  const auto message = messageOf(
      kPlainMail, envelopeOf("a@example.com", {"x@o.example"}, kLogin));
  const Scratch scratch;
  const auto usage =
      dryRunUsage(scratch.path / "counters.db", store::usageDay(kNow));
  for (int i = 0; i < 3; ++i)
    CHECK(engine->judge(message, kNow, *usage).verdict.kind ==
          Verdict::Kind::Pass);
}

namespace {

// What comes by cleanup(8), behind pickup(8) or bounce(8).
Verdict hand(World& world,
             const std::string& daemon,
             const std::string& sender,
             const std::vector<std::pair<std::string, std::string>>& headers,
             RecordingMta& mta) {
  Session session(world.services, true);
  session.connect("localhost", "127.0.0.1", daemon);
  session.helo("localhost");
  session.mailFrom(sender, {}, "");
  session.rcptTo("<x@o.example>");
  if (auto verdict = session.data("4ABCDE"); verdict.final()) return verdict;
  for (const auto& [name, value] : headers) session.header(name, value);
  session.body("Hello.\r\n");
  return session.endOfMessage("4ABCDE", mta);
}

}  // namespace

TEST_CASE("what this host itself writes or passes on is judged by its kind") {
  constexpr const char* kSettings =
      "    disclaimers: [{name: legal, plain: Words.}]\n";
  constexpr const char* kRules =
      "content_rules: {enabled: true, threshold: 1, action: reject, rules: "
      "[{name: secret, pattern: falcon, score: 2}]}\n";
  World world(engineOf(kSettings, kRules));
  const std::vector<std::pair<std::string, std::string>> from = {
      {"From", " a@example.com"}, {"Subject", " Hello"}};
  const std::vector<std::pair<std::string, std::string>> secret = {
      {"From", " a@example.com"}, {"Subject", " The falcon"}};
  const auto with = [&from](const std::string& name, const std::string& value) {
    auto headers = from;
    headers.emplace_back(name, value);
    return headers;
  };

  struct Row {
    std::string label;
    std::string daemon;
    std::string sender;
    std::vector<std::pair<std::string, std::string>> headers;
    Verdict::Kind want;
    bool edited;  // By an edit that neither signs nor seals.
  };

  const Row rows[] = {
      {"a program's mail is judged",
       "SUBMITTED",
       "<a@example.com>",
       secret,
       Verdict::Kind::Reject,
       false},
      {"and edited as that of a trusted network",
       "SUBMITTED",
       "<a@example.com>",
       from,
       Verdict::Kind::Pass,
       true},
      {"a notice, by the null sender, is not",
       "SUBMITTED",
       "<>",
       secret,
       Verdict::Kind::Pass,
       false},
      {"what a user's script passes on is not judged twice",
       "SUBMITTED",
       "<a@example.com>",
       with("Received", " from x by y; Tue, 21 Nov 2023 12:00:00 +0000"),
       Verdict::Kind::Pass,
       false},
      {"a bounce is not", "OWN", "<>", secret, Verdict::Kind::Pass, false},
      {"who says it by SMTP is a stranger",
       "mail.example.com",
       "<a@example.com>",
       secret,
       Verdict::Kind::Reject,
       false},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    RecordingMta mta;
    CHECK(hand(world, row.daemon, row.sender, row.headers, mta).kind ==
          row.want);
    CHECK(mta.lines().empty() != row.edited);
  }
}

TEST_CASE("nothing that goes wrong here stops a bounce") {
  World world(engineOf());
  world.services.spoolDirectory = "/nonexistent";
  RecordingMta mta;
  Session session(world.services, true);
  session.connect("localhost", "127.0.0.1", "OWN");
  session.mailFrom("<>", {}, "");
  session.rcptTo("<x@o.example>");
  CHECK_FALSE(session.data("4ABCDE").final());
  session.header("Subject", " Undelivered");
  session.body(std::string(3000, 'x'));
  session.spoil("a step failed");
  CHECK(session.endOfMessage("4ABCDE", mta).kind == Verdict::Kind::Pass);
  CHECK(world.reports.back().verdict.reason == "left as it is: a step failed");
}

namespace {

// Keeps the last, or nothing.
class Shelf final : public Holding {
 public:
  bool full = false;
  std::string before;  // The id of an earlier attempt's copy.
  std::string bytes;
  HoldReason why;

  Result<std::string> hold(const directory::Policy&,
                           const mail::Message& message,
                           const HoldReason& reason) override {
    if (full) return Error{ErrorCode::Unavailable, "full"};
    bytes = std::string(message.bytes());
    why = reason;
    return reason.id;
  }

  std::string idFor(const directory::Policy&,
                    const mail::Message&,
                    const HoldReason& reason) override {
    return before.empty() ? store::newHeldId(reason.at) : before;
  }

  Result<Admission> admit(std::string_view,
                          const std::vector<std::string>&) override {
    return Error{ErrorCode::Invalid, "no token"};
  }
};

}  // namespace

TEST_CASE("what a file is taken out of is kept as it came, or does not come") {
  constexpr const char* kRules =
      "attachments: {enabled: true, note: 'kept as {id}', rules: [{name: "
      "scripts, names: ['*.js'], action: strip}]}\n";
  World world(engineOf("    limits: {daily_messages: 10}\n", kRules));
  Shelf shelf;
  world.services.quarantine = &shelf;
  const Sent script{
      .login = "",
      .to = {"<a@example.com>"},
      .headers = {{"Subject", " x"},
                  {"MIME-Version", " 1.0"},
                  {"Content-Type", " application/javascript; name=run.js"}},
      .body = "alert(1)\r\n"};
  RecordingMta mta;
  CHECK(send(world, script, mta).kind == Verdict::Kind::Mark);
  CHECK(shelf.bytes.find("alert(1)") != std::string::npos);
  CHECK(shelf.why.step == "attachment_filter");
  CHECK(shelf.why.found == "scripts");
  REQUIRE_FALSE(mta.lines().empty());
  CHECK(join(mta.lines(), "\n").find("kept as " + shelf.why.id) !=
        std::string::npos);
  CHECK(world.reports.back().quarantineId == shelf.why.id);

  SUBCASE("a quarantine that is full defers it") {
    shelf.full = true;
    CHECK(send(world, script, mta).kind == Verdict::Kind::Defer);
  }
  SUBCASE("a change that cannot be made leaves no copy behind") {
    shelf.bytes.clear();
    RecordingMta broken(0);
    CHECK(send(world, script, broken).kind == Verdict::Kind::Defer);
    CHECK(shelf.bytes.empty());
  }
  SUBCASE("nor does a quota that is used up, or an MTA that is gone") {
    Sent ours = script;
    ours.login = "alice@example.com";
    for (const bool gone : {false, true}) {
      shelf.bytes.clear();
      world.usage.broken = !gone;
      RecordingMta quiet(gone ? mta.lines().size() : 100);
      CHECK(send(world, ours, quiet).kind == Verdict::Kind::Defer);
      CHECK(shelf.bytes.empty());
    }
    CHECK(world.usage.used["alice@example.com"].messages == 0);
  }
  SUBCASE("an earlier attempt's copy is found again, and told of") {
    shelf.before = "20260301-7K2M9QXR4TPB";
    RecordingMta again;
    CHECK(send(world, script, again).kind == Verdict::Kind::Mark);
    CHECK(shelf.why.id == shelf.before);
    CHECK(join(again.lines(), "\n").find("kept as " + shelf.before) !=
          std::string::npos);
  }
}

}  // namespace mailreeve::milter
