// What became of a message, from rows as the log database has them. That the
// rows come so from real logs is for collector_test and the story.
#include "mgmtd/logs/trace.h"

#include <doctest/doctest.h>

namespace mailreeve::logs {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 2} +
                      12h};

store::QueueRow queue(bool ended = true) {
  store::QueueRow row;
  row.id = 1;
  row.queueId = "AAAAA1";
  row.started = kNoon;
  if (ended) row.ended = kNoon + 1s;
  row.recipients = 1;
  return row;
}

store::LineRow line(const std::string& program,
                    const std::string& kind,
                    const std::string& status,
                    const std::string& text,
                    const std::string& session = "") {
  store::LineRow row;
  row.time = kNoon;
  row.program = program;
  row.kind = kind;
  row.status = status;
  row.text = text;
  row.session = session;
  row.recipient = "a@e";
  row.queue = program.starts_with("dovecot") ? 0 : 1;
  return row;
}

const std::string kSent = "to=<a@e>, relay=r, status=sent (250 ok)";

}  // namespace

TEST_CASE("an outcome says what is known and no more") {
  struct Row {
    std::string label;
    bool ended;
    std::vector<store::LineRow> lines;
    std::string want;
  };

  const auto lmtp = line("postfix/lmtp", "delivery", "sent", kSent, "S");
  const Row rows[] = {
      {"Dovecot says it is in the mailbox",
       true,
       {lmtp, line("dovecot/lmtp", "stored", "", "saved mail to INBOX", "S")},
       "delivered"},
      {"Dovecot took it and says nothing", true, {lmtp}, "unknown"},
      {"Dovecot speaks of another delivery",
       true,
       {lmtp, line("dovecot/lmtp", "stored", "", "saved mail to INBOX", "T")},
       "unknown"},
      {"a script threw it away",
       true,
       {lmtp, line("dovecot/lmtp", "sieve-discard", "", "discard", "S")},
       "discarded"},
      {"a script filed it, and discarded the rest",
       true,
       {lmtp,
        line("dovecot/lmtp", "sieve-discard", "", "discard", "S"),
        line("dovecot/lmtp", "stored", "", "filed", "S")},
       "delivered"},
      {"a script sent it on",
       true,
       {lmtp, line("dovecot/lmtp", "forwarded", "", "forwarded", "S")},
       "forwarded"},
      {"a script sent it back",
       true,
       {lmtp, line("dovecot/lmtp", "sieve-reject", "", "rejected", "S")},
       "sent back"},
      {"another server took it",
       true,
       {line("postfix/smtp", "delivery", "sent", kSent)},
       "sent"},
      {"the second attempt went well",
       true,
       {line("postfix/smtp", "delivery", "deferred", "x"),
        line("postfix/smtp", "delivery", "sent", kSent)},
       "sent"},
      {"it is tried again",
       false,
       {line("postfix/smtp", "delivery", "deferred", "x")},
       "waiting"},
      {"somebody took it out of the queue",
       true,
       {line("postfix/smtp", "delivery", "deferred", "x")},
       "unknown"},
      {"it was given up",
       true,
       {line("postfix/smtp", "delivery", "bounced", "x")},
       "failed"},
      {"Postfix threw it away",
       true,
       {line("postfix/discard", "delivery", "sent", kSent)},
       "discarded"},
      {"the milter refused it",
       false,
       {line("postfix/cleanup", "rejected", "reject", "milter-reject: x")},
       "rejected"},
      {"the milter wants it later",
       false,
       {line("postfix/cleanup", "rejected", "defer", "milter-reject: x")},
       "deferred"},
      {"no attempt was logged", false, {}, "waiting"},
      {"it left the queue without a word", true, {}, "unknown"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    store::TraceRows found;
    found.queues = {queue(row.ended)};
    found.lines = row.lines;
    const auto outcomes = outcomesOf(found);
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes.front().state == row.want);
  }
}

TEST_CASE("an event says more than the line of the same code") {
  store::TraceRows rows;
  auto verdict = line("milterd", "verdict", "reject", "trace=F9AEPNHW, ...");
  verdict.traceCode = "F9AEPNHW";
  rows.lines = {verdict};
  CHECK(traceOf(rows, {}).steps.size() == 1);
  store::Event event;
  event.time = kNoon;
  event.program = "milterd";
  event.traceCode = "F9AEPNHW";
  event.verdict = "reject";
  rows.events = {event};
  const auto trace = traceOf(rows, {});
  REQUIRE(trace.steps.size() == 1);
  CHECK(trace.steps.front().says == "reject");
}

TEST_CASE("of a message that was never queued milterd knows the sender") {
  store::TraceRows rows;
  rows.queues = {queue()};
  rows.queues[0].sender.clear();
  rows.queues[0].recipients = 0;
  store::Event event;
  event.program = "milterd";
  event.queueId = rows.queues[0].queueId;
  event.sender = "friend@far.example";
  event.size = 300;
  rows.events = {event};
  const auto refused = traceOf(rows, {}).messages;
  CHECK(refused[0].sender == "friend@far.example");
  CHECK(refused[0].size == 300);
  rows.queues[0].recipients = 1;  // A bounce, say.
  CHECK(traceOf(rows, {}).messages[0].sender.empty());
}

TEST_CASE("within a second, what must come first does") {
  store::TraceRows rows;
  rows.queues = {queue()};
  rows.lines = {line("postfix/qmgr", "removed", "", "removed"),
                line("postfix/lmtp", "delivery", "sent", kSent, "S"),
                line("dovecot/lmtp", "stored", "", "saved", "S"),
                line("postfix/smtpd", "accepted", "", "client=x")};
  std::vector<std::string> kinds;
  for (const auto& step : traceOf(rows, {}).steps) kinds.push_back(step.kind);
  CHECK((kinds == std::vector<std::string>{
                      "accepted", "stored", "delivery", "removed"}));
}

TEST_CASE("a log that cannot be read is named") {
  store::LogPosition position;
  position.problem = "/var/log/mail.log: Permission denied";
  const auto trace = traceOf({}, {position});
  REQUIRE(trace.unknown.size() == 1);
  CHECK(trace.unknown.front().find("Permission denied") != std::string::npos);
}

}  // namespace mailreeve::logs
