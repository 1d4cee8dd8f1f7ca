#include "mgmtd/logs/collector.h"

#include <fstream>

#include <doctest/doctest.h>
#include <utime.h>

#include "core/store/event_log.h"
#include "core/store/mail_log_query.h"
#include "core/store/mail_trace.h"
#include "mgmtd/logs/trace.h"
#include "tests/unit/scratch.h"

namespace mailreeve::logs {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const TimePoint kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 2} +
                      12h};
const std::string kStamp = "2026-11-02T12:00:00.000000Z mail ";

// One message from outside to one mailbox, as Postfix and Dovecot log it.
std::string message(const std::string& id, const std::string& to) {
  return kStamp + "postfix/smtpd[1]: " + id +
         ": client=h.test[203.0.113.10]\n" + kStamp +
         "postfix/cleanup[2]: " + id + ": message-id=<" + id + "@lab.test>\n" +
         kStamp + "postfix/qmgr[3]: " + id +
         ": from=<a@lab.test>, size=473, nrcpt=1 (queue active)\n" + kStamp +
         "postfix/lmtp[4]: " + id + ": to=<" + to +
         ">, relay=mail[private/dovecot-lmtp], delay=0, delays=0/0/0/0, "
         "dsn=2.0.0, status=sent (250 2.0.0 <" +
         to + "> S" + id + " Saved)\n" + kStamp + "postfix/qmgr[3]: " + id +
         ": removed\n";
}

struct World {
  Scratch scratch;
  fs::path log = scratch.path / "mail.log";
  fs::path database = scratch.path / "logs.db";
  std::vector<std::string> followed{log.string()};
  ManualClock clock{kNoon};
  std::unique_ptr<Collector> collector;

  World() { restart(); }

  void restart() {
    collector = std::make_unique<Collector>(
        database, [this] { return followed; }, clock);
  }

  void write(const std::string& text) const {
    std::ofstream(log, std::ios::app) << text;
  }

  void collect() const {
    for (;;) {
      const auto found = collector->pass();
      REQUIRE_MESSAGE(found.ok(), (found ? "" : found.error().what));
      if (!*found) return;
    }
  }

  // "RECIPIENT STATUS" of each record, the oldest first.
  [[nodiscard]] std::vector<std::string> records() const {
    const auto found = store::queryMailLog(database, {.limit = 1000});
    REQUIRE_MESSAGE(found.ok(), (found ? "" : found.error().what));
    std::vector<std::string> out;
    for (auto one = found->rbegin(); one != found->rend(); ++one)
      out.push_back(one->recipient + " " + one->status);
    return out;
  }
};

void makeOld(const fs::path& path) {
  const utimbuf times{1000, 1000};
  REQUIRE(::utime(path.c_str(), &times) == 0);
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every line is counted once, also over restarts") {
  World world;
  world.write(message("AAAAA1", "a@example.com"));
  world.collect();
  world.restart();
  world.collect();
  world.write(message("AAAAA2", "b@example.com"));
  world.restart();
  world.collect();
  CHECK(world.records() ==
        Texts{"a@example.com received", "b@example.com received"});
}

TEST_CASE("half a line waits for its other half") {
  World world;
  const std::string text = message("AAAAA1", "a@example.com");
  world.write(text.substr(0, text.size() - 60));
  world.collect();
  world.restart();
  world.write(text.substr(text.size() - 60));
  world.collect();
  CHECK(world.records() == Texts{"a@example.com received"});
}

TEST_CASE("a log that is renamed is read to its end") {
  struct Row {
    std::string label;
    bool restarted;
  };

  for (const auto& row : {Row{"while it is followed", false},
                          Row{"while nobody follows it", true}}) {
    CAPTURE(row.label);
    World world;
    world.write(message("AAAAA1", "a@example.com"));
    world.collect();
    if (row.restarted) world.collector.reset();
    world.write(message("AAAAA2", "b@example.com"));
    fs::rename(world.log, world.scratch.path / "mail.log.1");
    makeOld(world.scratch.path / "mail.log.1");
    world.write(message("AAAAA3", "c@example.com"));
    if (row.restarted) world.restart();
    world.collect();
    CHECK(world.records() == Texts{"a@example.com received",
                                   "b@example.com received",
                                   "c@example.com received"});
  }
}

TEST_CASE("a log that is copied and emptied is read to its end") {
  World world;
  world.write(message("AAAAA1", "a@example.com"));
  world.collect();
  world.write(message("AAAAA2", "b@example.com"));
  fs::copy_file(world.log, world.scratch.path / "mail.log.1");
  makeOld(world.scratch.path / "mail.log.1");
  fs::resize_file(world.log, 0);
  // As long as before, so that its size alone tells nothing.
  world.write(message("AAAAA3", "c@example.com") +
              message("AAAAA4", "d@example.com"));
  world.collect();
  CHECK(world.records() == Texts{"a@example.com received",
                                 "b@example.com received",
                                 "c@example.com received",
                                 "d@example.com received"});
}

TEST_CASE("a log that is gone altogether begins anew") {
  World world;
  world.write(message("AAAAA1", "a@example.com"));
  world.collect();
  fs::remove(world.log);
  world.collect();
  world.write(message("AAAAA2", "b@example.com"));
  world.restart();
  world.collect();
  CHECK(world.records() ==
        Texts{"a@example.com received", "b@example.com received"});
}

TEST_CASE("a line that is too long is passed over") {
  World world;
  world.write(std::string(600'000, 'x') + "\n" +
              message("AAAAA1", "a@example.com"));
  world.collect();
  CHECK(world.records() == Texts{"a@example.com received"});
}

TEST_CASE("what cannot be read is said beside the log's name") {
  World world;
  CHECK(world.collector->pass().ok());
  auto log = store::MailLog::open(world.database);
  REQUIRE(log);
  const auto positions = log->positions();
  REQUIRE(positions);
  REQUIRE(positions->size() == 1);
  CHECK(positions->front().problem.find("no such file") != std::string::npos);
  world.write("\n");
  world.collect();
  CHECK(log->positions()->front().problem.empty());
}

TEST_CASE("an empty log is one that is read") {
  World world;
  world.write("");
  world.collect();
  const auto positions = store::logPositions(world.database);
  REQUIRE(positions);
  REQUIRE(positions->size() == 1);
  CHECK(positions->front().problem.empty());
}

TEST_CASE("nobody misses a log that is not followed any more") {
  World world;
  CHECK(world.collector->pass().ok());
  const std::string other = world.scratch.path / "other.log";
  std::ofstream(other) << "\n";
  world.followed = {other};
  world.restart();
  world.collect();
  const auto positions = store::logPositions(world.database);
  REQUIRE(positions);
  CHECK(positions->size() == 2);
  CHECK(unreadLogs(*positions).empty());
}

TEST_CASE("a queue id that is used again is another message") {
  World world;
  world.write(message("AAAAA1", "a@example.com") +
              message("AAAAA1", "b@example.com"));
  world.collect();
  CHECK(world.records() ==
        Texts{"a@example.com received", "b@example.com received"});
}

TEST_CASE("records are counted by recipient, and by alias") {
  World world;
  const auto delivery = [](const std::string& program,
                           const std::string& who,
                           const std::string& status) {
    return kStamp + "postfix/" + program + "[4]: AAAAA1: " + who +
           ", relay=r, delay=0, dsn=2.0.0, status=" + status + " (x)\n";
  };
  world.write(kStamp +
              "postfix/qmgr[3]: AAAAA1: from=<a@x>, size=1, nrcpt=9 (queue "
              "active)\n" +
              delivery("lmtp", "to=<u@e>, orig_to=<sales@e>", "sent") +
              delivery("lmtp", "to=<v@e>, orig_to=<sales@e>", "sent") +
              delivery("smtp", "to=<w@out>, orig_to=<sales@e>", "bounced") +
              delivery("smtp", "to=<p@out>, orig_to=<partner@e>", "sent") +
              delivery("smtp", "to=<one@out>", "sent") +
              delivery("smtp", "to=<two@out>", "deferred") +
              delivery("smtp", "to=<two@out>", "sent") +
              delivery("smtp", "to=<three@out>", "deferred") +
              delivery("error", "to=<four@out>", "bounced"));
  world.collect();
  CHECK(world.records() == Texts{"sales@e received",
                                 "partner@e received",
                                 "one@out sent",
                                 "two@out sent",
                                 "three@out waiting",
                                 "four@out failed"});
}

TEST_CASE("what a script threw away was not received") {
  const std::string line = kStamp +
                           "dovecot: lmtp(c@e)<1><SAAAAA1>: sieve: "
                           "msgid=<AAAAA1@lab.test>: ";
  const std::string discard = line +
                              "discard action: Marked message to be "
                              "discarded if not explicitly delivered\n";
  const std::string file = line +
                           "fileinto action: stored mail into mailbox "
                           "'Lists'\n";

  struct Row {
    std::string label, text, want;
  };

  const Row rows[] = {
      {"Dovecot's line first", discard + message("AAAAA1", "c@e"), "discarded"},
      {"Postfix's line first", message("AAAAA1", "c@e") + discard, "discarded"},
      {"it was filed as well",
       message("AAAAA1", "c@e") + discard + file,
       "received"},
      {"filed before", file + message("AAAAA1", "c@e") + discard, "received"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    World world;
    world.write(row.text);
    world.collect();
    CHECK(world.records() == Texts{"c@e " + row.want});
  }
}

TEST_CASE("subjects come from events, whichever is first") {
  for (const bool eventFirst : {true, false}) {
    CAPTURE(eventFirst);
    World world;
    const auto post = [&world] {
      store::EventLog log(world.database);
      store::Event event;
      event.time = kNoon + 1s;
      event.program = "milterd";
      event.kind = "message";
      event.queueId = "AAAAA1";
      event.traceCode = "F9AEPNHW";
      event.subject = "Good news";
      event.verdict = "pass";
      event.trace = "[]";
      log.post(event);
      log.flush();
    };
    if (eventFirst) post();
    world.write(message("AAAAA1", "a@example.com"));
    world.collect();
    if (!eventFirst) post();
    world.collect();
    const auto found =
        store::queryMailLog(world.database, {.subject = "*NEWS"});
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().traceCode == "F9AEPNHW");
    CHECK(found->front().sender == "a@lab.test");
    CHECK(found->front().messageId == "AAAAA1@lab.test");
    CHECK(found->front().size == 473);
  }
}

TEST_CASE("the security log has each finding once") {
  World world;
  {
    store::EventLog log(world.database);
    store::Event event;
    event.time = kNoon;
    event.program = "milterd";
    event.kind = "message";
    event.client = "203.0.113.10";
    event.sender = "a@x";
    event.recipients = {"b@e", "c@e"};
    event.subject = "Buy";
    event.verdict = "reject";
    event.reason = "antivirus: Eicar";
    event.trace = R"([{"step":"hops","says":"pass","saw":"1"},)"
                  R"({"step":"spam","says":"mark","saw":"7.1 of 5"},)"
                  R"({"step":"antivirus","says":"reject","saw":"a virus",)"
                  R"("found":"Eicar"}])";
    log.post(event);
    event.verdict = "defer";
    event.trace = R"([{"step":"greylist","says":"defer","saw":"new"}])";
    log.post(event);
    log.flush();
  }
  const std::string client = "reject: RCPT from h[203.0.113.11]: 5";
  world.write(kStamp + "postfix/smtpd[1]: NOQUEUE: " + client +
              "50 5.7.1 <a@e>: no (reference 285K4RJB); from=<x> to=<y> p=E\n" +
              kStamp + "postfix/smtpd[1]: NOQUEUE: " + client +
              "54 5.7.1 <a@e>: Relay access denied; from=<x@x> to=<y@y> p=E\n" +
              kStamp +
              "postfix/postscreen[1]: NOQUEUE: reject: RCPT from "
              "[203.0.113.12]:1: 550 5.7.1 Service unavailable; "
              "client [203.0.113.12] blocked using bl.test; "
              "from=<d@x>, to=<e@e>, proto=ESMTP, helo=<x>\n");
  world.collect();
  world.restart();
  world.collect();
  const auto found = store::querySecurity(world.database, {});
  REQUIRE(found);
  Texts got;
  for (auto one = found->rbegin(); one != found->rend(); ++one)
    got.push_back(one->type + " " + one->verdict + " " + one->source + " " +
                  one->sender + " " + one->recipient);
  CHECK(got == Texts{"reject reject 203.0.113.11 x@x y@y",
                     "dnsbl reject 203.0.113.12 d@x e@e",
                     "spam mark 203.0.113.10 a@x b@e, c@e",
                     "virus reject 203.0.113.10 a@x b@e, c@e"});
  const auto viruses = store::querySecurity(
      world.database, {.type = "virus", .recipient = "C@e", .text = "EICAR"});
  REQUIRE(viruses);
  REQUIRE(viruses->size() == 1);
  CHECK(viruses->front().event == "a virus: Eicar");
  CHECK(viruses->front().subject == "Buy");
}

TEST_CASE("an unknown status or type is refused, and told which there are") {
  const World world;
  const auto mail = store::queryMailLog(world.database, {.status = "lost"});
  REQUIRE_FALSE(mail);
  CHECK(mail.error().what ==
        "'lost' is no status: received, sent, failed, waiting, discarded or "
        "within");
  const auto security =
      store::querySecurity(world.database, {.type = "ransom"});
  REQUIRE_FALSE(security);
  CHECK(security.error().what ==
        "'ransom' is no type: reject, spam, virus, dnsbl, malicious_content, "
        "attachment, block_list, spf, dkim, dmarc, data_protection");
}

TEST_CASE("what is old is deleted") {
  World world;
  world.write(message("AAAAA1", "a@example.com"));
  world.collect();
  auto gone = store::deleteMailLogBefore(world.database, kNoon);
  REQUIRE(gone);
  CHECK(*gone == 0);
  gone = store::deleteMailLogBefore(world.database, kNoon + 1s);
  REQUIRE(gone);
  CHECK(*gone == 1);
  CHECK(world.records().empty());
}

}  // namespace mailreeve::logs
