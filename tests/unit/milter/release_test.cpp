// Holding and releasing, as the session does it: the quarantine here is one in
// memory that remembers.
#include "core/base/file.h"
#include "core/store/held_recipients.h"
#include "core/store/quarantine_files.h"
#include "core/store/quarantine_message.h"
#include "core/store/release_token.h"
#include "milter/quarantine.h"
#include "milter/released.h"
#include "milter/session.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scratch.h"

namespace mailreeve::milter {

namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;

// Takes one token.
class OneRelease final : public Holding {
 public:
  std::vector<std::string> waived = {"spam"};
  std::vector<store::Obstacle> obstacles;

  Result<std::string> hold(const directory::Policy&,
                           const mail::Message&,
                           const HoldReason&) override {
    return Error{ErrorCode::Unavailable, "full"};
  }

  std::string idFor(const directory::Policy&,
                    const mail::Message&,
                    const HoldReason& why) override {
    return store::newHeldId(why.at);
  }

  Result<Admission> admit(std::string_view token,
                          const std::vector<std::string>&) override {
    if (token == "later") return Error{ErrorCode::Unavailable, "busy"};
    if (token != "good") return Error{ErrorCode::Invalid, "no token"};
    Admission admission;
    admission.released = {"20260301-7K2M9QXR4TPB", waived};
    admission.envelope.clientAddress = kOutside;
    admission.envelope.mailFrom = "pest@outside.example";
    return admission;
  }

  void obstruct(const Released&,
                const std::vector<std::string>&,
                const store::Obstacle& obstacle) override {
    obstacles.push_back(obstacle);
  }
};

struct World {
  Snapshot<Engine> engine{
      engineOf("    limits: {daily_messages: 1}\n"
               "    auto_bcc: [{name: all, to: [b@example.com]}]\n")};
  FakeUsage usage;
  ManualClock clock{kNow};
  Tally tally;
  Scratch scratch;
  OneRelease quarantine;
  std::vector<Report> reports;
  Services services{
      engine,
      usage,
      clock,
      tally,
      scratch.path.string(),
      [this](Report report) { reports.push_back(std::move(report)); },
      &quarantine};
};

Verdict send(World& world,
             const std::string& daemon,
             const std::string& token,
             RecordingMta& mta) {
  Session session(world.services, true);
  session.connect("localhost", "127.0.0.1", daemon);
  session.helo("mail.example.com");
  const std::string parameter = "ENVID=" + token;
  session.mailFrom("<>", {"BODY=8BITMIME", parameter}, "");
  session.rcptTo("<a@example.com>");
  if (auto verdict = session.data("4ABCDE"); verdict.final()) return verdict;
  session.header("Subject", " Hello");
  session.body("Hello.\r\n");
  return session.endOfMessage("4ABCDE", mta);
}

}  // namespace

TEST_CASE(
    "the release listener takes what has a good token, and nothing else") {
  struct Row {
    std::string label;
    std::string daemon;
    std::string token;
    Kind kind;
    std::string sender;  // As reported.
  };

  const Row rows[] = {
      {"a good token", "RELEASE", "good", Kind::Pass, "pest@outside.example"},
      {"none", "RELEASE", "", Kind::Reject, ""},
      {"a wrong one", "RELEASE", "bad", Kind::Reject, ""},
      {"nobody can tell now", "RELEASE", "later", Kind::Defer, ""},
      {"a token elsewhere means nothing", "smtpd", "good", Kind::Pass, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world;
    RecordingMta mta;
    CHECK(send(world, row.daemon, row.token, mta).kind == row.kind);
    REQUIRE(world.reports.size() == 1);
    CHECK(world.reports[0].envelope.mailFrom == row.sender);
    CHECK(world.usage.used.empty());
    // No blind copy: whoever gets one got it, or did not, when it came.
    if (row.kind == Kind::Pass && row.daemon == "RELEASE")
      CHECK(mta.lines().empty());
  }
}

TEST_CASE("a release gives up one protection, and no other") {
  struct Row {
    std::string label;
    std::string waived;
    std::string settings;
    std::string type;
    std::string body;
    std::vector<std::string> want;  // Part of what the MTA is told.
    std::vector<std::string> lack;
  };

  const std::string strip =
      "attachments: {enabled: true, rules: [{name: scripts, names: ['*.js'], "
      "action: strip}]}\n";
  const std::string script =
      "--b\r\n\r\nWords.\r\n--b\r\nContent-Disposition: attachment; "
      "filename=a.js\r\n\r\nalert(1)\r\n--b--\r\n";
  const std::string disarm =
      "content: {scan: {enabled: true, tags: {script: disarm}}}\n";
  const std::string page = "<p>Words<script>alert(1)</script></p>\r\n";
  const std::string toText =
      "content: {scan: {enabled: true, html_to_text: true}}\n";
  const Row rows[] = {
      {"held as spam: a file that is stripped stays out",
       "spam",
       strip,
       "multipart/mixed; boundary=b",
       script,
       {"a.js was removed", "number 20260301-7K2M9QXR4TPB"},
       {"alert"}},
      {"held without it: that is what is released",
       "attachment_filter",
       strip,
       "multipart/mixed; boundary=b",
       script,
       {},
       {"removed"}},
      {"held as spam: scripts stay ineffective",
       "spam",
       disarm,
       "text/html",
       page,
       {"Words"},
       {"alert"}},
      {"held for its HTML",
       "content_scan",
       disarm,
       "text/html",
       page,
       {},
       {"body"}},
      {"held as spam: HTML becomes text",
       "spam",
       toText,
       "text/html",
       page,
       {"Words"},
       {"<p>"}},
      {"a forged result of ours goes",
       "spam",
       "",
       "text/plain",
       "Words.\r\n",
       {"-header Authentication-Results 1"},
       {"body"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world;
    world.quarantine.waived = {row.waived};
    world.engine.publish(engineOf("", row.settings));
    RecordingMta mta;
    Session session(world.services, true);
    session.connect("localhost", "127.0.0.1", "RELEASE");
    session.mailFrom("<>", {"ENVID=good"}, "");
    session.rcptTo("<a@example.com>");
    REQUIRE_FALSE(session.data("4ABCDE").final());
    session.header("Authentication-Results",
                   " mail.example.com; dkim=pass header.d=bank.example");
    session.header("From", " pest@outside.example");
    session.header("MIME-Version", " 1.0");
    session.header("Content-Type", " " + row.type);
    session.body(row.body);
    CHECK_FALSE(session.endOfMessage("4ABCDE", mta).refuses());
    const std::string said = join(mta.lines(), "\n");
    CAPTURE(said);
    for (const auto& words : row.want)
      CHECK(said.find(words) != std::string::npos);
    for (const auto& words : row.lack)
      CHECK(said.find(words) == std::string::npos);
  }
}

TEST_CASE("what refuses a release is told, and can be waived by its name") {
  struct Row {
    std::string label;
    std::vector<std::string> waived;
    std::string settings;
    std::string want;  // Which check refuses; empty: it goes.
  };

  const std::string rules =
      "content_rules: {enabled: true, threshold: 1, action: ACTION, rules: "
      "[{name: falcon, pattern: blue falcon, score: 2}]}\n";
  const auto with = [&rules](const std::string& action) {
    return replaceAll(rules, "ACTION", action);
  };
  const Row rows[] = {
      {"held as well", {"spam"}, with("quarantine"), "content_rules"},
      {"refused as well", {"spam"}, with("reject"), "content_rules"},
      {"thrown away as well", {"spam"}, with("delete"), "content_rules"},
      {"waived, too", {"content_rules", "spam"}, with("quarantine"), ""},
      {"waived, too, where it would refuse",
       {"content_rules", "spam"},
       with("reject"),
       ""},
      {"another is waived", {"dmarc", "spam"}, with("reject"), "content_rules"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world;
    world.quarantine.waived = row.waived;
    world.engine.publish(engineOf("", row.settings));
    RecordingMta mta;
    Session session(world.services, true);
    session.connect("localhost", "127.0.0.1", "RELEASE");
    session.mailFrom("<>", {"ENVID=good"}, "");
    session.rcptTo("<a@example.com>");
    REQUIRE_FALSE(session.data("4ABCDE").final());
    session.header("From", " pest@outside.example");
    session.body("About the blue falcon.\r\n");
    const auto verdict = session.endOfMessage("4ABCDE", mta);
    CHECK(verdict.refuses() == !row.want.empty());
    CHECK(verdict.reply.text.find("falcon") == std::string::npos);
    const auto& told = world.quarantine.obstacles;
    REQUIRE(told.size() == (row.want.empty() ? 0 : 1));
    if (row.want.empty()) continue;
    CHECK(told[0].step == row.want);
    CHECK(told[0].reason.find("falcon") != std::string::npos);
  }
}

TEST_CASE("without a quarantine nothing is released") {
  World world;
  world.services.quarantine = nullptr;
  RecordingMta mta;
  CHECK(send(world, "RELEASE", "good", mta).kind == Kind::Defer);
}

TEST_CASE("what each step's verdict means for a release") {
  struct Row {
    std::string label;
    std::string waived;
    std::string step;
    Kind said;
    Kind meant;
  };

  const Row rows[] = {
      {"waived", "spam", "spam", Kind::Quarantine, Kind::Pass},
      {"waived, now more severe", "spam", "spam", Kind::Discard, Kind::Pass},
      {"waived, but nobody can tell", "spam", "spam", Kind::Defer, Kind::Defer},
      {"another is not waived",
       "spam",
       "dmarc",
       Kind::Quarantine,
       Kind::Reject},
      {"nor thrown away", "spam", "content_rules", Kind::Discard, Kind::Reject},
      {"a virus is never waived",
       "",
       "antivirus",
       Kind::Quarantine,
       Kind::Reject},
      {"nor delivered marked", "spam", "antivirus", Kind::Mark, Kind::Reject},
      {"nor thrown away in silence",
       "spam",
       "antivirus",
       Kind::Discard,
       Kind::Reject},
      {"a pass stays one", "spam", "dmarc", Kind::Pass, Kind::Pass},
      {"a refusal stays one", "spam", "lists", Kind::Reject, Kind::Reject},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Verdict said;
    said.kind = row.said;
    said.reply = {550, "5.7.1", "No"};
    Released released{"id", {}};
    if (!row.waived.empty()) released.waived = {row.waived};
    CHECK(forRelease(released, row.step, said).kind == row.meant);
  }
}

TEST_CASE(
    "what is held comes back under a token, once, to whom it is released") {
  Scratch scratch;
  ManualClock clock{kNow};
  Paths paths;
  paths.state = scratch.path;
  REQUIRE(makeDirectories(paths.databases()));
  REQUIRE(makeDirectories(paths.quarantine()));
  Quarantine quarantine(paths, clock);
  quarantine.recover();
  const auto policy = policyOf();
  auto envelope =
      envelopeOf("pest@outside.example", {"a@example.com", "x@far.example"});
  const auto message = messageOf(kPlainMail, envelope);
  const auto id = quarantine.hold(
      *policy, message, {kNow, "spam", "BAYES", "looks bad", "K7", "7"});
  REQUIRE(id);

  auto index =
      store::Quarantine::open(paths.quarantine(), paths.stateDatabase(), clock);
  REQUIRE(index);
  const auto held = (*index)->find(*id);
  REQUIRE(held);
  CHECK(held->kind == store::HeldKind::Spam);
  CHECK(held->client == kOutside);
  CHECK(*(*index)->bytes(*held) == kPlainMail);

  const auto key = store::KeyedMac::open(paths.releaseKey());
  REQUIRE(key);
  const auto token = [&](const std::string& nonce,
                         const std::vector<std::string>& also = {}) {
    REQUIRE((*index)->issue(nonce, *id, kNow + 60s));
    return store::writeReleaseToken(*key, *held, nonce, kNow + 60s, also);
  };
  const auto good = token("NNNNNNNNNNNNNNNN");
  // Not being released: nobody has asked for it.
  CHECK_FALSE(quarantine.admit(good, {"a@example.com"}).ok());
  REQUIRE((*index)->claim({*id, {"a@example.com"}}, "uid 0", 60s)->size() == 1);
  CHECK_FALSE(quarantine.admit(good, {"x@far.example"}).ok());
  const auto admitted = quarantine.admit(good, {"a@example.com"});
  REQUIRE(admitted);
  CHECK(admitted->released.waived == std::vector<std::string>{"spam"});
  CHECK(admitted->envelope.mailFrom == "pest@outside.example");
  CHECK(admitted->envelope.clientAddress == kOutside);
  CHECK_FALSE(quarantine.admit(good, {"a@example.com"}).ok());
  const auto further = quarantine.admit(
      token("PPPPPPPPPPPPPPPP", {"content_rules"}), {"a@example.com"});
  REQUIRE(further);
  CHECK(further->released.waived ==
        std::vector<std::string>{"content_rules", "spam"});
  quarantine.obstruct(
      further->released, {"a@example.com"}, {"dmarc", "dmarc reject", "fails"});
  CHECK((*index)->find(*id)->recipients[0].obstacle.step == "dmarc");
  CHECK((*index)->find(*id)->recipients[1].obstacle.step.empty());
  const auto late = token("MMMMMMMMMMMMMMMM");
  clock.advance(61s);
  CHECK_FALSE(quarantine.admit(late, {"a@example.com"}).ok());
}

TEST_CASE(
    "what was held for a virus is excused from nothing but what is named") {
  Scratch scratch;
  ManualClock clock{kNow};
  Paths paths;
  paths.state = scratch.path;
  REQUIRE(makeDirectories(paths.databases()));
  REQUIRE(makeDirectories(paths.quarantine()));
  Quarantine quarantine(paths, clock);
  const auto message = messageOf(
      kPlainMail, envelopeOf("pest@outside.example", {"a@example.com"}));
  const auto id = quarantine.hold(
      *policyOf(), message, {kNow, "antivirus", "Eicar", "Eicar", "K7", "7"});
  REQUIRE(id);
  auto index =
      store::Quarantine::open(paths.quarantine(), paths.stateDatabase(), clock);
  REQUIRE(index);
  const auto key = store::KeyedMac::open(paths.releaseKey());
  REQUIRE(key);
  REQUIRE((*index)->claim({*id, {}}, "uid 0", 60s));
  const auto held = (*index)->find(*id);
  REQUIRE(held);
  const std::vector<std::vector<std::string>> rows = {{}, {"content_rules"}};
  for (const auto& also : rows) {
    const auto nonce = store::newNonce();
    REQUIRE((*index)->issue(nonce, *id, kNow + 60s));
    const auto admitted = quarantine.admit(
        store::writeReleaseToken(*key, *held, nonce, kNow + 60s, also),
        {"a@example.com"});
    REQUIRE(admitted);
    CHECK(admitted->released.waived == also);
  }
}

TEST_CASE("where a release goes: aliases are resolved once") {
  Scratch scratch;
  ManualClock clock{kNow};
  auto accounts = store::Accounts::open(scratch.path / "state.db", clock);
  REQUIRE(accounts);
  REQUIRE(
      accounts->replaceDirectory({{"example.com", "example.com"}},
                                 {{"sales@example.com", "a@example.com"},
                                  {"sales@example.com", "team@example.com"},
                                  {"team@example.com", "b@example.com"},
                                  {"team@example.com", "friend@far.example"}}));
  const auto policy = policyOf();

  struct Row {
    std::string label;
    std::vector<std::string> to;
    std::vector<std::string> want;
  };

  const Row rows[] = {
      {"a mailbox", {"A@Example.com"}, {"A@example.com"}},
      {"an extension stays", {"a+x@example.com"}, {"a+x@example.com"}},
      {"an additional domain", {"a@example.net"}, {"a@example.com"}},
      {"an outside address", {"x@far.example"}, {"x@far.example"}},
      {"an alias of an alias",
       {"sales@example.com"},
       {"a@example.com", "b@example.com", "friend@far.example"}},
      {"an alias and who is behind it",
       {"a@example.com", "sales@example.net"},
       {"a@example.com", "b@example.com", "friend@far.example"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto found = store::resolveRecipients(row.to, *policy, *accounts);
    REQUIRE(found);
    std::vector<std::string> got;
    for (const auto& one : *found) got.push_back(one.address);
    CHECK(got == row.want);
  }
}

}  // namespace mailreeve::milter
