// Who is told when the content rules have acted, through the session: once the
// verdict stands, and not before.
#include "milter/rule_letters.h"

#include <filesystem>

#include "core/store/quarantine_message.h"
#include "milter/session.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scratch.h"

namespace mailreeve::milter {

namespace {

class Shelf final : public Holding {
 public:
  bool full = false;

  Result<std::string> hold(const directory::Policy&,
                           const mail::Message&,
                           const HoldReason&) override {
    if (full) return Error{ErrorCode::Unavailable, "full"};
    return std::string("20260301-7K2M9QXR4TPB");
  }

  std::string idFor(const directory::Policy&,
                    const mail::Message&,
                    const HoldReason& why) override {
    return store::newHeldId(why.at);
  }

  Result<Admission> admit(std::string_view,
                          const std::vector<std::string>&) override {
    Admission admission;
    admission.released = {"20260301-7K2M9QXR4TPB", {"content_rules"}};
    admission.envelope.mailFrom = "a@example.com";
    admission.envelope.login = "a@example.com";
    return admission;
  }
};

struct World {
  explicit World(const std::string& settings)
      : engine(engineOf("",
                        "content_rules: {enabled: true, threshold: 5, rules: "
                        "[{name: project, pattern: top secret, score: 6}], " +
                            settings + "}\n")) {
    services.outbox = &outbox;
  }

  std::vector<store::WaitingNotice> letters() {
    auto waiting = outbox.list(10);
    REQUIRE(waiting);
    return *std::move(waiting);
  }

  Snapshot<Engine> engine;
  FakeUsage usage;
  ManualClock clock{kNow};
  Tally tally;
  Scratch scratch;
  Shelf quarantine;
  store::Outbox outbox{scratch.path / "outbox.db", clock};
  Services services{engine,
                    usage,
                    clock,
                    tally,
                    scratch.path.string(),
                    [](const Report&) {},
                    &quarantine};
};

struct Sent {
  std::string from = "a@example.com";
  std::string login = "a@example.com";
  std::string body = "It is top secret.\r\n";
  bool released = false;
  std::size_t mtaCalls = SIZE_MAX;
};

Verdict send(World& world, const Sent& mail) {
  Session session(world.services, true);
  session.connect("client.example", kOutside, mail.released ? "RELEASE" : "");
  session.helo("client.example");
  session.mailFrom("<" + mail.from + ">", {"ENVID=x"}, mail.login);
  session.rcptTo("<x@outside.example>");
  if (auto verdict = session.data("4ABCDE"); verdict.final()) return verdict;
  session.header("Subject", " Plans");
  session.body(mail.body);
  RecordingMta mta(mail.mtaCalls);
  return session.endOfMessage("4ABCDE", mta);
}

std::string kinds(const std::vector<store::WaitingNotice>& letters) {
  std::string all;
  for (const auto& letter : letters)
    all += letter.notice.kind + " " + letter.notice.recipients.at(0) + "\n";
  return all;
}

}  // namespace

TEST_CASE("the content rules tell whom they are to tell") {
  const std::string both =
      "notify_sender: true, forward_to: [boss@example.com]";
  const std::string original = "rule-original boss@example.com\n";
  const std::string word = "rule-sender a@example.com\n";

  struct Row {
    std::string label;
    std::string settings;
    Sent mail;
    std::string verdict;
    std::string letters;
  };

  const std::vector<Row> rows = {
      {"held: both", both, {}, "quarantine", original + word},
      {"refused: both",
       both + ", action: reject",
       {},
       "reject",
       original + word},
      {"deleted: both",
       both + ", action: delete",
       {},
       "discard",
       original + word},
      {"delivered: the sender has nothing to learn",
       both + ", action: deliver",
       {},
       "mark",
       original},
      {"nobody is to be told", "notify_sender: false", {}, "quarantine", ""},
      {"only the sender", "notify_sender: true", {}, "quarantine", word},
      {"a stranger's address may be forged",
       both,
       {.from = "m@outside.example", .login = ""},
       "quarantine",
       original},
      {"the null sender", both, {.from = ""}, "quarantine", original},
      {"nothing was found", both, {.body = "Hello.\r\n"}, "pass", ""},
      {"the MTA is gone, it will come again",
       both + ", action: deliver",
       {.mtaCalls = 1},
       "defer",
       ""},
      {"what is released was told of before",
       both,
       {.released = true},
       "pass",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world(row.settings);
    CHECK(name(send(world, row.mail).kind) == row.verdict);
    CHECK(kinds(world.letters()) == row.letters);
  }
}

TEST_CASE("a reviewer reads which rules it was, and the message itself") {
  World world("forward_to: [boss@example.com]");
  (void)send(world, {});
  const auto letters = world.letters();
  REQUIRE(letters.size() == 1);
  const auto& text = letters[0].notice.message;
  CHECK(text.find("Subject: Rule project: Plans") != std::string::npos);
  CHECK(text.find("was held.") != std::string::npos);
  CHECK(text.find("\r\nIt is top secret.\r\n") != std::string::npos);
}

TEST_CASE("what cannot be held is told of when it comes again") {
  World world("forward_to: [boss@example.com], notify_sender: true");
  world.quarantine.full = true;
  CHECK(send(world, {}).kind == Verdict::Kind::Defer);
  CHECK(world.letters().empty());
}

TEST_CASE("an outbox that fails loses no message") {
  struct Row {
    std::string label;
    std::string action;
    std::string verdict;
  };

  const std::vector<Row> rows = {
      {"held, so it is not lost", "quarantine", "quarantine"},
      {"refused, so its author keeps it", "reject", "reject"},
      {"delivered", "deliver", "mark"},
      {"the reviewer's would be the only copy", "delete", "defer"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world("forward_to: [boss@example.com], action: " + row.action);
    std::filesystem::create_directory(world.scratch.path / "outbox.db");
    CHECK(name(send(world, {}).kind) == row.verdict);
  }
}

TEST_CASE("another check's verdict is not the rules' to tell of") {
  World world("forward_to: [boss@example.com], action: deliver");
  const auto policy = policyOf();
  const auto envelope = envelopeOf("a@example.com", {"x@outside.example"});
  const Transaction transaction(*policy, envelope, kNow);
  const auto message = messageOf(kPlainMail, envelope);
  Inspection inspection;
  inspection.findings.contentRules.acted = true;
  inspection.findings.contentRules.forwardTo = {"boss@example.com"};
  inspection.trace.push_back({"spam", Verdict::Kind::Reject, "spam", {}});
  CHECK(putRuleLetters(world.outbox,
                       transaction,
                       message,
                       inspection,
                       Verdict::reject({554, "5.7.1", "Spam"}, "spam"),
                       kNow));
  CHECK(world.letters().empty());
}

}  // namespace mailreeve::milter
