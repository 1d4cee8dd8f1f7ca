#include "mgmtd/jobs/notices.h"

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "tests/unit/scratch.h"

namespace mailreeve::jobs {

namespace {

using namespace std::chrono_literals;
using store::WaitingNotice;

constexpr auto kTemplate =
    "# What these lines say is for whoever edits them.\n"
    "# {{HOSTNAME}}\n"
    "Subject: Kept back: {{SUBJECT}}\n"
    "\n"
    "{{VIRUS}} was in a message for you.\n";

class Quiet final : public Progress {
 public:
  void say(const std::string&) override {}

  [[nodiscard]] bool stopping() const override { return false; }
};

WaitingNotice waiting() {
  WaitingNotice made;
  made.id = 7;
  made.notice.kind = "virus";
  made.notice.recipients = {"a@example.com"};
  made.notice.templateName = "notices/virus.txt.tpl";
  made.notice.values = {{"SUBJECT",
                         "b\xc3\xbc"
                         "cher\r\nBcc: x@y"},
                        {"VIRUS", "Eicar"}};
  return made;
}

struct Given {
  std::vector<std::string> recipients;
  std::string message;
};

struct World {
  Scratch scratch;
  ManualClock clock{TimePoint(1'700'000'000s)};
  Paths paths;
  std::vector<Given> given;
  bool postfixRuns = true;

  World() {
    paths.state = scratch.path;
    REQUIRE(makeDirectories(paths.databases()));
    REQUIRE(makeDirectories(paths.currentYaml()));
    REQUIRE(replaceFile(paths.currentYaml() / "server.yaml",
                        "server: {hostname: mx.example.com}\n"
                        "domains: [{name: example.com}]\n"));
    REQUIRE(makeDirectories(paths.noticeTemplates() / "notices"));
    REQUIRE(replaceFile(paths.noticeTemplates() / "notices/virus.txt.tpl",
                        kTemplate));
  }

  Result<std::string> run() {
    const Job job = noticesJob(
        paths,
        clock,
        [this](const auto& recipients, const auto& message) -> Result<Done> {
          if (!postfixRuns) return Error{ErrorCode::Unavailable, "no Postfix"};
          given.push_back({recipients, message});
          return Done{};
        });
    Quiet progress;
    return job.work(progress);
  }
};

}  // namespace

TEST_CASE("a notice is its template, filled, from the recipient's postmaster") {
  const auto message =
      noticeMessage(waiting(), kTemplate, "mx.example.com", TimePoint(0s));
  REQUIRE(message);
  const std::string text = *message;
  CHECK(text.find("From: postmaster@example.com\r\n") != std::string::npos);
  CHECK(text.find("Auto-Submitted: auto-generated\r\n") != std::string::npos);
  CHECK(text.find("Eicar was in a message for you.") != std::string::npos);
  CHECK(text.find("for whoever edits") == std::string::npos);
  CHECK(text.find("\r\nBcc:") == std::string::npos);
}

TEST_CASE("a template that cannot make a notice is told, not sent") {
  for (const std::string text : {"Hello\n\nno subject\n",
                                 "Subject: x\nno empty line\n",
                                 "Subject: {{VIRSU}}\n\nx\n",
                                 ""}) {
    CAPTURE(text);
    CHECK_FALSE(noticeMessage(waiting(), text, "mx.example.com", {}));
  }
}

TEST_CASE("the outbox is emptied into Postfix") {
  World world;
  CHECK(*world.run() == "there was never a notice");
  store::Outbox outbox(world.paths.outboxDatabase(), world.clock);
  REQUIRE(outbox.add(waiting().notice));
  store::Notice finished;
  finished.kind = "digest";
  finished.recipients = {"b@example.com"};
  finished.message = "Subject: digest\r\n\r\nhello\r\n";
  REQUIRE(outbox.add(finished));
  CHECK(*world.run() == "2 sent");
  REQUIRE(world.given.size() == 2);
  CHECK(world.given[1].message == finished.message);
  CHECK(world.given[1].recipients == finished.recipients);
  CHECK(*world.run() == "0 sent");
}

TEST_CASE("while Postfix is not there notices wait, and none is lost") {
  World world;
  store::Outbox outbox(world.paths.outboxDatabase(), world.clock);
  REQUIRE(outbox.add(waiting().notice));
  world.postfixRuns = false;
  const auto failed = world.run();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().what == "0 sent, 1 not yet: no Postfix");
  world.postfixRuns = true;
  CHECK(*world.run() == "0 sent");
  world.clock.advance(1min);
  CHECK(*world.run() == "1 sent");
}

TEST_CASE("a template's name leads nowhere else") {
  World world;
  store::Outbox outbox(world.paths.outboxDatabase(), world.clock);
  store::Notice notice = waiting().notice;
  notice.templateName = "../db/outbox.db";
  REQUIRE(outbox.add(notice));
  CHECK_FALSE(world.run());
  CHECK(world.given.empty());
}

}  // namespace mailreeve::jobs
