// Notices go out when a message was dealt with, and not when its sender is told
// to come again: then there would be one for each attempt.
#include <doctest/doctest.h>

#include "core/base/snapshot.h"
#include "core/scan/engine.h"
#include "core/store/quarantine_message.h"
#include "milter/session.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scan/engine_double.h"

namespace mailreeve::milter {

namespace {

// A quarantine that has room, or has none.
class Shelf final : public Holding {
 public:
  explicit Shelf(bool full) : full_(full) {}

  [[nodiscard]] Result<std::string> hold(const directory::Policy&,
                                         const mail::Message&,
                                         const HoldReason&) override {
    if (full_) return Error{ErrorCode::Unavailable, "disk full"};
    return std::string("Q1");
  }

  std::string idFor(const directory::Policy&,
                    const mail::Message&,
                    const HoldReason& why) override {
    return store::newHeldId(why.at);
  }

  [[nodiscard]] Result<Admission> admit(
      std::string_view, const std::vector<std::string>&) override {
    return Error{ErrorCode::NotFound, "nothing is released here"};
  }

 private:
  bool full_;
};

struct World {
  scan::EngineDouble clamd{scan::behaveAsClamd};
  ManualClock clock{kNow};
  Scratch scratch;
  store::Outbox outbox{scratch.path / "outbox.db", clock};

  [[nodiscard]] std::shared_ptr<const Engine> engine() const {
    const auto policy = policyOf(
        "",
        "antivirus: {engine: clamav, notify_recipients: true, clamd: {socket: "
        "\"" +
            clamd.endpoint().path.string() + "\"}}\n");
    auto scanner = scan::makeScanner(policy->settings().antivirus, nullptr);
    REQUIRE(scanner);
    auto made = std::make_shared<Backends>(*backends());
    made->scanner = *std::move(scanner);
    auto engine = Engine::make(policy, "7", std::move(made));
    REQUIRE(engine);
    return *std::move(engine);
  }

  Verdict receive(Holding& quarantine) {
    Snapshot<Engine> current(engine());
    FakeUsage usage;
    Tally tally;
    Services services{
        current, usage, clock, tally, scratch.path.string(), [](Report) {}};
    services.quarantine = &quarantine;
    services.outbox = &outbox;
    Session session(services, true);
    session.connect("client.example", kOutside);
    session.helo("client.example");
    session.mailFrom("<x@outside.example>", {}, "");
    session.rcptTo("<a@example.com>");
    REQUIRE_FALSE(session.data("4ABCDE").final());
    session.header("Subject", " Hello");
    session.body("EICAR\r\n");
    RecordingMta mta;
    return session.endOfMessage("4ABCDE", mta);
  }
};

}  // namespace

TEST_CASE("the recipients of what was quarantined are told") {
  World world;
  Shelf shelf(false);
  const auto verdict = world.receive(shelf);
  CHECK(verdict.kind == Verdict::Kind::Quarantine);
  const auto waiting = world.outbox.due(10);
  REQUIRE(waiting);
  REQUIRE(waiting->size() == 1);
  CHECK(waiting->front().notice.recipients ==
        std::vector<std::string>{"a@example.com"});
  CHECK(waiting->front().notice.templateName == "notices/virus.txt.tpl");
}

TEST_CASE("of what could not be kept and will come again nobody is told") {
  World world;
  Shelf shelf(true);
  const auto verdict = world.receive(shelf);
  CHECK(verdict.kind == Verdict::Kind::Defer);
  const auto waiting = world.outbox.list(10);
  REQUIRE(waiting);
  CHECK(waiting->empty());
}

}  // namespace mailreeve::milter
