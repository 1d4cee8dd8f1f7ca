#include "core/store/event_log.h"

#include <thread>

#include <doctest/doctest.h>

#include "core/store/event_tables.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} +
                      12h};

Event event(const std::string& sender,
            std::vector<std::string> recipients,
            const std::string& verdict = "pass") {
  Event out;
  out.time = kNoon;
  out.program = "milterd";
  out.kind = "message";
  out.sender = sender;
  out.recipients = std::move(recipients);
  out.verdict = verdict;
  return out;
}

std::vector<Event> found(const std::filesystem::path& path,
                         const EventQuery& query = {}) {
  auto events = queryEvents(path, query);
  REQUIRE_MESSAGE(events.ok(), (events ? "" : events.error().what));
  return std::move(*events);
}

}  // namespace

TEST_CASE("an event comes back whole") {
  const Scratch scratch;
  const auto path = scratch.path / "logs.db";
  EventLog log(path);
  Event in = event("a@example.com", {"b@example.com", "c@example.net"});
  in.queueId = "4XyZ";
  in.traceCode = "K7Q2";
  in.client = "192.0.2.1";
  in.login = "a@example.com";
  in.messageId = "<1@x>";
  in.subject = "Grüße\nBcc: nobody";
  in.size = 5'000'000'000;
  in.reason = "fine";
  in.reply = "250 2.0.0 Ok";
  in.trace = R"([{"step":"hops"}])";
  log.post(in);
  log.flush();
  const auto events = found(path);
  REQUIRE(events.size() == 1);
  const auto& out = events.front();
  CHECK(out.time == kNoon);
  CHECK(out.recipients == in.recipients);
  CHECK(out.queueId == "4XyZ");
  CHECK(out.traceCode == "K7Q2");
  CHECK(out.client == "192.0.2.1");
  CHECK(out.login == "a@example.com");
  CHECK(out.messageId == "<1@x>");
  CHECK(out.subject == "Grüße?Bcc: nobody");
  CHECK(out.size == 5'000'000'000);
  CHECK(out.reason == "fine");
  CHECK(out.reply == "250 2.0.0 Ok");
  CHECK(out.trace == in.trace);
}

TEST_CASE("queries") {
  const Scratch scratch;
  const auto path = scratch.path / "logs.db";
  {
    EventLog log(path);
    Event first = event("Anna@Example.com", {"b@example.com"});
    first.queueId = "Q1";
    first.subject = "100% _sure_";
    log.post(first);
    Event second = event("carl@example.net", {"b@example.com", "Dora@x.org"});
    second.time = kNoon + 1h;
    second.verdict = "reject";
    second.traceCode = "T2";
    second.reason = "over Quota";
    log.post(second);
    Event third = event("", {"anna@example.com"});
    third.time = kNoon + 2h;
    third.program = "policyd";
    log.post(third);
  }

  struct Line {
    std::string label;
    EventQuery query;
    std::vector<std::int64_t> want;
  };

  const Line lines[] = {
      {"everything, the newest first", {}, {3, 2, 1}},
      {"the oldest first on request", {.oldestFirst = true}, {1, 2, 3}},
      {"a sender in another case", {.sender = "ANNA@example.COM"}, {1}},
      {"a sender with a wildcard", {.sender = "*@example.*"}, {2, 1}},
      {"a recipient among several", {.recipient = "dora@x.org"}, {2}},
      {"recipients with a wildcard", {.recipient = "b@*"}, {2, 1}},
      {"a queue id", {.queueId = "Q1"}, {1}},
      {"a trace code", {.traceCode = "T2"}, {2}},
      {"a verdict", {.verdict = "reject"}, {2}},
      {"a program", {.program = "policyd"}, {3}},
      {"since counts its own moment", {.since = kNoon + 1h}, {3, 2}},
      {"until does not", {.until = kNoon + 1h}, {1}},
      {"text in a reason", {.text = "quota"}, {2}},
      {"percent and underscore are themselves", {.text = "0% _s"}, {1}},
      {"an underscore is no wildcard", {.text = "over_quota"}, {}},
      {"at most the limit", {.limit = 2}, {3, 2}},
      {"the next page", {.beforeId = 2, .limit = 2}, {1}},
      {"what came after", {.afterId = 1}, {2, 3}},
      {"all that is set must hold",
       {.sender = "carl@*", .verdict = "pass"},
       {}},
  };
  for (const auto& line : lines) {
    CAPTURE(line.label);
    std::vector<std::int64_t> got;
    for (const auto& one : found(path, line.query)) got.push_back(one.id);
    CHECK(got == line.want);
  }
}

TEST_CASE("texts are cut to their limits") {
  const Scratch scratch;
  const auto path = scratch.path / "logs.db";
  EventLog log(path);
  Event huge = event(std::string(100'000, 'x'),
                     std::vector<std::string>(2'000, "r@example.com"));
  huge.trace = "[" + std::string(1'000'000, ' ') + "]";
  log.post(huge);
  log.flush();
  const auto events = found(path);
  REQUIRE(events.size() == 1);
  CHECK(events.front().sender.size() == 2'000);
  CHECK(events.front().recipients.size() == 1'000);
  CHECK(events.front().trace.size() < 100);
}

TEST_CASE("many threads post, nothing is lost, the end drains the queue") {
  const Scratch scratch;
  const auto path = scratch.path / "logs.db";
  {
    EventLog log(path, 10'000);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 250; ++i)
          log.post(event("a@example.com", {"b@example.com"}));
      });
  }
  CHECK(found(path, {.limit = 10'000}).size() == 2'000);
}

TEST_CASE("a full queue drops to syslog and counts, and never waits") {
  const Scratch scratch;
  const auto path = scratch.path / "logs.db";
  auto blocker = openEvents(path);
  REQUIRE(blocker);
  EventLog log(path, 10);
  REQUIRE(blocker->transaction([&]() -> Result<Done> {
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 600; ++i) log.post(event("a@example.com", {}));
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
    return Done{};
  }));
  log.flush();
  const auto counts = log.counts();
  CHECK(counts.lost > 0);
  CHECK(counts.stored + counts.lost == 600);
  CHECK(found(path, {.limit = 10'000}).size() == counts.stored);
}

TEST_CASE("a database that cannot be opened costs events, never a wait") {
  const Scratch scratch;
  {
    EventLog log(scratch.path / "missing" / "logs.db");
    log.post(event("a@example.com", {}));
  }
  const auto none = queryEvents(scratch.path / "missing" / "logs.db", {});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::NotFound);
}

TEST_CASE("old events go, with their recipients") {
  const Scratch scratch;
  const auto path = scratch.path / "logs.db";
  {
    EventLog log(path);
    for (int i = 0; i < 5'000; ++i) {
      Event one = event("a@example.com", {"b@example.com"});
      one.time = kNoon + std::chrono::seconds(i);
      log.post(one);
    }
  }
  const auto gone = deleteEventsBefore(path, kNoon + 4'990s);
  REQUIRE(gone);
  CHECK(*gone == 4'990);
  CHECK(found(path, {.recipient = "b@example.com"}).size() == 10);
}

}  // namespace mailreeve::store
