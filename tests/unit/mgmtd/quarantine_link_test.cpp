// Links, as the page behind them and mgmtctl follow them: who may do what.
#include <fstream>

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "core/store/event_log.h"
#include "mgmtd/quarantine/desk.h"
#include "tests/unit/scratch.h"

namespace mailreeve::quarantine {

namespace {

using namespace std::chrono_literals;
using store::HeldKind;
using store::LinkAction;

struct World {
  Scratch scratch;
  ManualClock clock{
      TimePoint(std::chrono::sys_days{std::chrono::year{2026} / 3 / 1})};
  Paths paths = made();
  Desk desk{paths, clock, [this] {
              return directory::loadPolicy(paths.currentYaml());
            }};

  Paths made() const {
    Paths out;
    out.state = scratch.path;
    REQUIRE(makeDirectories(out.databases()));
    REQUIRE(makeDirectories(out.quarantine()));
    const auto yaml = out.generations() / "1" / "yaml";
    REQUIRE(makeDirectories(yaml));
    std::ofstream(yaml / "mail.yaml")
        << "server: {hostname: mail.example.com}\n"
           "quarantine: {release_rights: {authentication: nobody}}\n"
           "domains: [{name: example.com, additional: [example.net]}]\n";
    std::filesystem::create_symlink("1", out.generations() / "current");
    return out;
  }

  // By Eve, as she logs in, to somebody outside.
  static store::HeldMessage sent(HeldKind kind) {
    store::HeldMessage message;
    message.login = "Eve@example.net";
    message.sender = "eve@example.com";
    message.kind = kind;
    message.step = std::string(name(kind));
    message.recipients.resize(1);
    message.recipients[0].address = "x@far.example";
    return message;
  }

  std::string held(const store::HeldMessage& message) {
    auto id = (*desk.store())->hold(message, message.step, 0);
    REQUIRE(id);
    return *id;
  }

  // What comes of the link; empty: it did what it says.
  std::string follow(LinkAction action,
                     const std::string& id,
                     const std::string& mailbox,
                     const std::string& wanted = "") {
    const auto text = store::writeReleaseLink(
        **desk.key(), {action, id, mailbox, clock.now() + 1h});
    const auto done = desk.follow(text, wanted);
    return done ? "" : done.error().what;
  }
};

}  // namespace

TEST_CASE("a sender asks for what he sent, and for nothing else") {
  World world;
  const auto content = world.held(World::sent(HeldKind::Content));
  const auto forged = world.held(World::sent(HeldKind::Authentication));
  const auto virus = world.held(World::sent(HeldKind::Virus));

  struct Row {
    std::string label;
    LinkAction action;
    std::string id;
    std::string mailbox;
    std::string wanted;
    std::string said;  // Part of it; empty: done.
  };

  const std::vector<Row> rows = {
      {"another's",
       LinkAction::Request,
       content,
       "x@example.com",
       "",
       "not from you"},
      {"a link for something else",
       LinkAction::Delete,
       content,
       "eve@example.com",
       "request",
       "there to delete, not to request"},
      {"what nobody may release",
       LinkAction::Request,
       forged,
       "eve@example.com",
       "",
       "never released"},
      {"a virus",
       LinkAction::Request,
       virus,
       "eve@example.com",
       "",
       "never released"},
      {"his own, under another name of his",
       LinkAction::Request,
       content,
       "eve@example.com",
       "request",
       ""},
      {"once more",
       LinkAction::Request,
       content,
       "eve@example.com",
       "request",
       "asked for already"},
      {"who sent it is not to whom it was sent",
       LinkAction::Delete,
       content,
       "eve@example.com",
       "",
       "not for you"},
      {"and releases nothing",
       LinkAction::Release,
       content,
       "eve@example.com",
       "",
       "only an administrator"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto said = world.follow(row.action, row.id, row.mailbox, row.wanted);
    CAPTURE(said);
    CHECK(said.empty() == row.said.empty());
    CHECK(said.find(row.said) != std::string::npos);
  }
  CHECK((*world.desk.store())->find(content)->requestedBy == "eve@example.com");
  const auto events = store::queryEvents(world.paths.logsDatabase(), {});
  REQUIRE(events);
  REQUIRE(events->size() == 1);
  CHECK(events->front().verdict == "request");
  CHECK(events->front().reason ==
        "eve@example.com (by a link) asks for the release of " + content);
}

TEST_CASE("a mailbox that follows too many links is told so") {
  World world;
  const auto id = world.held(World::sent(HeldKind::Content));
  for (std::int64_t i = 0; i < LinkLimit::kTries; ++i)
    (void)world.follow(LinkAction::Delete, id, "x@example.com");
  CHECK(world.follow(LinkAction::Request, id, "x@example.com")
            .starts_with("too many tries"));
  CHECK(world.follow(LinkAction::Request, id, "eve@example.com").empty());
}

TEST_CASE("the log knows who deleted what, and whose") {
  World world;
  auto message = World::sent(HeldKind::Spam);
  message.recipients.resize(3);
  for (std::size_t i = 0; i < 3; ++i)
    message.recipients[i].address = message.recipients[i].mailbox =
        std::string(1, "abc"[i]) + "@example.com";
  const auto id = world.held(message);
  CHECK(world.follow(LinkAction::Delete, id, "a@example.com").empty());
  CHECK(world.follow(LinkAction::Delete, id, "a@example.com") ==
        "it is deleted already, or on its way");
  const Asker administrator{true, "uid 0", ""};
  REQUIRE(world.desk.remove(id, {}, administrator));
  const auto again = world.desk.remove(id, {}, administrator);
  REQUIRE_FALSE(again);
  CHECK(again.error().what.starts_with("nothing of " + id + " was deleted"));

  const auto events = store::queryEvents(world.paths.logsDatabase(), {});
  REQUIRE(events);
  REQUIRE(events->size() == 2);
  const auto& byAdministrator = events->at(0);
  CHECK(byAdministrator.verdict == "delete");
  CHECK(byAdministrator.reason == "uid 0 deletes " + id);
  CHECK(byAdministrator.recipients ==
        std::vector<std::string>{"b@example.com", "c@example.com"});
  const auto& byRecipient = events->at(1);
  CHECK(byRecipient.reason == "a@example.com (by a link) deletes " + id);
  CHECK(byRecipient.recipients == std::vector<std::string>{"a@example.com"});
}

}  // namespace mailreeve::quarantine
