#include "mgmtd/logs/parse.h"

#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>

namespace mailreeve::logs {

namespace {

using namespace std::chrono;
using store::EntryKind;

const TimePoint kNow{sys_days{year{2026} / 11 / 22} + 12h};

std::optional<Line> split(std::string_view text, TimePoint now = kNow) {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  LineTimes times;
  times.setNow(now);
  return splitLine(text, times);
}

struct Read {
  bool good = false;
  std::string kind, queueId, messageId, traceCode, client, login, sender,
      recipient, original, relay, status, linked, session;
  std::int64_t size = 0, recipients = 0;

  bool operator==(const Read&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Read& read) {
  out << (read.good ? "" : "nothing ") << "kind=" << read.kind;
  for (const auto& [name, value] : {std::pair{"queueId", read.queueId},
                                    {"messageId", read.messageId},
                                    {"traceCode", read.traceCode},
                                    {"client", read.client},
                                    {"login", read.login},
                                    {"sender", read.sender},
                                    {"recipient", read.recipient},
                                    {"original", read.original},
                                    {"relay", read.relay},
                                    {"status", read.status},
                                    {"linked", read.linked},
                                    {"session", read.session}})
    if (!value.empty()) out << ' ' << name << '=' << value;
  return out << " size=" << read.size << " recipients=" << read.recipients;
}

Read read(const std::string& program, const std::string& text) {
  Line line;
  line.program = program;
  line.text = text;
  const auto entry = parseEntry(line);
  if (!entry) return {};
  const auto s = [](std::string_view view) { return std::string(view); };
  return {true,
          s(name(entry->kind)),
          s(entry->queueId),
          s(entry->messageId),
          s(entry->traceCode),
          s(entry->client),
          s(entry->login),
          s(entry->sender),
          s(entry->recipient),
          s(entry->originalRecipient),
          s(entry->relay),
          s(entry->status),
          s(entry->linked),
          s(entry->session),
          entry->size,
          entry->recipients};
}

struct Row {
  std::string label;
  std::string program;
  std::string text;
  Read want;
};

}  // namespace

TEST_CASE("lines are split, whoever wrote them") {
  struct Frame {
    std::string label, text, program, says;
    TimePoint time;
    bool exact;
  };

  const TimePoint half = sys_days{year{2026} / 11 / 2} + 5h + 30min + 29s;
  const Frame frames[] = {
      {"the traditional format, in local time",
       "Nov  2 06:30:29 mail postfix/smtpd[209]: connect",
       "postfix/smtpd",
       "connect",
       half,
       false},
      {"a tag without a process",
       "Nov  2 06:30:29 mail dovecot: lmtp(1): x",
       "dovecot",
       "lmtp(1): x",
       half,
       false},
      {"rsyslog's exact times",
       "2026-11-02T06:30:29.5+01:00 mail postfix/qmgr[2]: A: removed",
       "postfix/qmgr",
       "A: removed",
       half + 500ms,
       true},
      {"UTC",
       "2026-11-02T05:30:29.250000Z mail milterd[1]: x",
       "milterd",
       "x",
       half + 250ms,
       true},
      {"RFC 5424",
       "<22>1 2026-11-02T05:30:29Z mail postfix/smtpd 209 - - connect",
       "postfix/smtpd",
       "connect",
       half,
       false},
      {"RFC 5424 with structured data",
       R"(<22>1 2026-11-02T05:30:29Z mail postfix/smtpd 209 - [a b="\]"][c] x y)",
       "postfix/smtpd",
       "x y",
       half,
       false},
      {"RFC 3164 with a priority",
       "<22>Nov  2 06:30:29 mail policyd[2]: y",
       "policyd",
       "y",
       half,
       false},
      {"Dovecot's own file",
       "Nov 02 06:30:29 lmtp(a)<1><x>: Info: msgid=<1>: saved mail to INBOX",
       "dovecot",
       "lmtp(a)<1><x>: Info: msgid=<1>: saved mail to INBOX",
       half,
       false},
  };
  for (const auto& frame : frames) {
    CAPTURE(frame.label);
    const auto line = split(frame.text);
    REQUIRE(line);
    CHECK(std::string(line->program) == frame.program);
    CHECK(std::string(line->text) == frame.says);
    CHECK((line->time == frame.time));
    CHECK(line->exact == frame.exact);
  }
}

TEST_CASE("a time without a year is the latest that is not ahead") {
  const auto line = split("Dec 31 23:59:59 mail postfix/smtpd[1]: x",
                          sys_days{year{2027} / 1 / 1} + 1h);
  REQUIRE(line);
  CHECK((line->time ==
         TimePoint{sys_days{year{2026} / 12 / 31} + 22h + 59min + 59s}));
  const auto ahead = split("Jan  1 00:00:01 mail postfix/smtpd[1]: x",
                           sys_days{year{2026} / 12 / 31} + 22h + 59min);
  REQUIRE(ahead);
  CHECK((ahead->time == TimePoint{sys_days{year{2026} / 12 / 31} + 23h + 1s}));
}

TEST_CASE("what is no line of a log is nothing") {
  for (const std::string& text :
       {std::string(),
        std::string("hello"),
        std::string("Nov 32 06:30:29 mail x: y"),
        std::string("Nov  2 06:61:29 mail x: y"),
        std::string("2026-02-30T00:00:00Z mail x: y"),
        std::string("<2222>1 2026-11-02T05:30:29Z a b c d - e"),
        std::string("<22>1 2026-11-02T05:30:29Z a b c d [never ends"),
        "Nov  2 06:30:29 mail postfix/smtpd[1]: " + std::string(20'000, 'x')}) {
    CAPTURE(text.substr(0, 60));
    CHECK(!split(text));
  }
}

TEST_CASE("Postfix's lines") {
  const Row rows[] = {
      {"a message begins",
       "postfix/smtpd",
       "DEECE97: client=host10.outside.test[203.0.113.10]",
       {.good = true,
        .kind = "accepted",
        .queueId = "DEECE97",
        .client = "203.0.113.10"}},
      {"a message of somebody who logged in, long queue id",
       "postfix/submission/smtpd",
       "4Xq0Zw1Tz8z9kPq: client=desk[2001:db8::1], sasl_method=PLAIN, "
       "sasl_username=alice@example.com",
       {.good = true,
        .kind = "accepted",
        .queueId = "4Xq0Zw1Tz8z9kPq",
        .client = "2001:db8::1",
        .login = "alice@example.com"}},
      {"local submission",
       "postfix/pickup",
       "0FDA6D0: uid=993 from=<someone@outside.test>",
       {.good = true,
        .kind = "accepted",
        .queueId = "0FDA6D0",
        .sender = "someone@outside.test"}},
      {"put into the queue again",
       "postfix/pickup",
       "0FDA6D0: uid=102 from=<a@b> orig_id=9FDA6D0",
       {.good = true,
        .kind = "accepted",
        .queueId = "0FDA6D0",
        .sender = "a@b",
        .linked = "9FDA6D0"}},
      {"its message id",
       "postfix/cleanup",
       "DEECE97: message-id=<story-1@lab.test>",
       {.good = true,
        .kind = "message-id",
        .queueId = "DEECE97",
        .messageId = "story-1@lab.test"}},
      {"it has none",
       "postfix/cleanup",
       "DEECE97: message-id=<>",
       {.good = true, .kind = "message-id", .queueId = "DEECE97"}},
      {"queued",
       "postfix/qmgr",
       "DEECE97: from=<someone@outside.test>, size=473, nrcpt=2 (queue active)",
       {.good = true,
        .kind = "queued",
        .queueId = "DEECE97",
        .sender = "someone@outside.test",
        .size = 473,
        .recipients = 2}},
      {"a sender with everything in quotes",
       "postfix/qmgr",
       "DEECE97: from=<\"a>, size=1\"@x>, size=473, nrcpt=2 (queue active)",
       {.good = true,
        .kind = "queued",
        .queueId = "DEECE97",
        .sender = "\"a>, size=1\"@x",
        .size = 473,
        .recipients = 2}},
      {"a quote that never ends",
       "postfix/qmgr",
       "DEECE97: from=<\"a>, size=473, nrcpt=2 (queue active)",
       {}},
      {"given up",
       "postfix/qmgr",
       "DEECE97: from=<a@b>, status=expired, returned to sender",
       {.good = true,
        .kind = "expired",
        .queueId = "DEECE97",
        .sender = "a@b",
        .status = "expired"}},
      {"delivered to Dovecot",
       "postfix/lmtp",
       "E22CC98: to=<alice@example.com>, orig_to=<sales@example.com>, "
       "relay=mail.example.com[private/dovecot-lmtp], delay=0.02, "
       "delays=0.01/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 "
       "<alice@example.com> EEwMOEiNAmvaAAAAYIgGOA Saved)",
       {.good = true,
        .kind = "delivery",
        .queueId = "E22CC98",
        .recipient = "alice@example.com",
        .original = "sales@example.com",
        .relay = "mail.example.com[private/dovecot-lmtp]",
        .status = "sent",
        .session = "EEwMOEiNAmvaAAAAYIgGOA"}},
      {"sent to another server, whose queue id is not ours",
       "postfix/smtp",
       "1EEA1D4: to=<friend@outside.test>, relay=mx.outside.test"
       "[203.0.113.25]:25, delay=0.02, delays=0.01/0/0.01/0, dsn=2.0.0, "
       "status=sent (250 2.0.0 Ok: queued as 2205549)",
       {.good = true,
        .kind = "delivery",
        .queueId = "1EEA1D4",
        .recipient = "friend@outside.test",
        .relay = "mx.outside.test[203.0.113.25]:25",
        .status = "sent"}},
      {"back through a content filter",
       "postfix/smtp",
       "1EEA1D4: to=<a@b.c>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, "
       "delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 from "
       "MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 2205549)",
       {.good = true,
        .kind = "delivery",
        .queueId = "1EEA1D4",
        .recipient = "a@b.c",
        .relay = "127.0.0.1[127.0.0.1]:10024",
        .status = "sent",
        .linked = "2205549"}},
      {"deferred",
       "postfix/smtp",
       "1EEA1D4: to=<a@b.c>, relay=none, delay=30, delays=0/0/30/0, "
       "dsn=4.4.1, status=deferred (connect to b.c[192.0.2.1]:25: "
       "Connection timed out)",
       {.good = true,
        .kind = "delivery",
        .queueId = "1EEA1D4",
        .recipient = "a@b.c",
        .relay = "none",
        .status = "deferred"}},
      {"the sender is told",
       "postfix/bounce",
       "45AA4D6: sender non-delivery notification: 4987BD9",
       {.good = true,
        .kind = "linked",
        .queueId = "45AA4D6",
        .linked = "4987BD9"}},
      {"done",
       "postfix/qmgr",
       "DEECE97: removed",
       {.good = true, .kind = "removed", .queueId = "DEECE97"}},
      {"refused at RCPT by policyd",
       "postfix/smtpd",
       "NOQUEUE: reject: RCPT from host10.outside.test[203.0.113.10]: 550 "
       "5.7.1 <alice@example.com>: Recipient address rejected: Refused by this "
       "server's rules (reference 285K4RJB); from=<pest@outside.test> "
       "to=<alice@example.com> proto=ESMTP helo=<client.outside.test>",
       {.good = true,
        .kind = "rejected",
        .traceCode = "285K4RJB",
        .client = "203.0.113.10",
        .sender = "pest@outside.test",
        .recipient = "alice@example.com",
        .status = "reject"}},
      {"one recipient of several refused",
       "postfix/smtpd",
       "EF7F0C4: reject: RCPT from h[203.0.113.10]: 450 4.1.1 <n@example.com>: "
       "Recipient address rejected: busy; from=<> to=<n@example.com> "
       "proto=ESMTP helo=<c>",
       {.good = true,
        .kind = "rejected",
        .queueId = "EF7F0C4",
        .client = "203.0.113.10",
        .recipient = "n@example.com",
        .status = "defer"}},
      {"refused by the milter",
       "postfix/cleanup",
       "398F5D5: milter-reject: END-OF-MESSAGE from h[192.0.2.10]: 5.3.4 "
       "Message too large (reference 5N2V0YAH); from=<a@example.com> "
       "to=<f@outside.test> proto=ESMTP helo=<c>",
       {.good = true,
        .kind = "rejected",
        .queueId = "398F5D5",
        .traceCode = "5N2V0YAH",
        .client = "192.0.2.10",
        .sender = "a@example.com",
        .recipient = "f@outside.test",
        .status = "reject"}},
      {"thrown away by the milter",
       "postfix/smtpd",
       "EC916C3: milter-discard: DATA from h[203.0.113.10]: milter triggers "
       "DISCARD action; from=<b@outside.test> to=<a@example.com> proto=ESMTP "
       "helo=<c>",
       {.good = true,
        .kind = "discarded",
        .queueId = "EC916C3",
        .client = "203.0.113.10",
        .sender = "b@outside.test",
        .recipient = "a@example.com",
        .status = "discarded"}},
      {"postscreen refuses by a DNS list",
       "postfix/postscreen",
       "NOQUEUE: reject: RCPT from [203.0.113.10]:4711: 550 5.7.1 Service "
       "unavailable; client [203.0.113.10] blocked using bl.test; "
       "from=<a@b.c>, to=<d@example.com>, proto=ESMTP, helo=<x>",
       {.good = true,
        .kind = "rejected",
        .client = "203.0.113.10",
        .sender = "a@b.c",
        .recipient = "d@example.com",
        .status = "reject"}},
      {"postscreen saw impatience",
       "postfix/postscreen",
       "PREGREET 11 after 0.2 from [203.0.113.10]:4711: EHLO spam\\r\\n",
       {.good = true, .kind = "connection", .client = "203.0.113.10"}},
      {"postscreen adds up",
       "postfix/postscreen",
       "DNSBL rank 6 for [203.0.113.10]:4711",
       {.good = true, .kind = "connection", .client = "203.0.113.10"}},
      {"a session that broke off",
       "postfix/smtpd",
       "lost connection after DATA (0 bytes) from h.test[203.0.113.10]",
       {.good = true, .kind = "connection", .client = "203.0.113.10"}},
      {"a wrong password",
       "postfix/submission/smtpd",
       "warning: desk[192.0.2.10]: SASL PLAIN authentication failed: (reason "
       "unavailable), sasl_username=alice@example.com",
       {.good = true,
        .kind = "login-failed",
        .client = "192.0.2.10",
        .login = "alice@example.com"}},
      {"a connection alone says nothing",
       "postfix/smtpd",
       "connect from h.test[203.0.113.10]",
       {}},
      {"a warning is no queue file",
       "postfix/smtpd",
       "warning: to=<a>, relay=b, status=sent (x)",
       {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(read(row.program, row.text) == row.want);
  }
}

TEST_CASE("Dovecot's lines") {
  const Row rows[] = {
      {"in the mailbox",
       "dovecot",
       "lmtp(alice@example.com)<218><uN9dN0iN:R2>: msgid=<1: 2@lab.test>: "
       "saved mail to INBOX",
       {.good = true,
        .kind = "stored",
        .messageId = "1: 2@lab.test",
        .recipient = "alice@example.com",
        .status = "stored",
        .session = "uN9dN0iN:R2"}},
      {"thrown away, whatever the sender put into the id",
       "dovecot",
       "lmtp(a)<1><s>: sieve: msgid=<1@x>: stored mail into mailbox 'INBOX'>: "
       "discard action: Marked message to be discarded",
       {.good = true,
        .kind = "sieve-discard",
        .messageId = "1@x>: stored mail into mailbox 'INBOX'",
        .recipient = "a",
        .status = "discarded",
        .session = "s"}},
      {"not stored, whatever an id without brackets says",
       "dovecot",
       "lmtp(a)<1><s>: Error: msgid=1: saved mail to INBOX: save failed to "
       "INBOX: Quota exceeded",
       {.good = true,
        .kind = "failed",
        .messageId = "1: saved mail to INBOX",
        .recipient = "a",
        .status = "failed",
        .session = "s"}},
      {"filed by a script",
       "dovecot",
       "lmtp(a)<1><s>: sieve: msgid=<1@x>: fileinto action: stored mail into "
       "mailbox 'Lists'",
       {.good = true,
        .kind = "stored",
        .messageId = "1@x",
        .recipient = "a",
        .status = "stored",
        .session = "s"}},
      {"thrown away by a script",
       "dovecot",
       "lmtp(carl@example.com)<218><s>: sieve: msgid=<8@x>: discard action: "
       "Marked message to be discarded if not explicitly delivered (discard "
       "action)",
       {.good = true,
        .kind = "sieve-discard",
        .messageId = "8@x",
        .recipient = "carl@example.com",
        .status = "discarded",
        .session = "s"}},
      {"sent on by a script",
       "dovecot",
       "lmtp(dora@example.com)<218><s>: sieve: msgid=<9@x>: redirect action: "
       "forwarded to <d@outside.test>",
       {.good = true,
        .kind = "forwarded",
        .messageId = "9@x",
        .recipient = "dora@example.com",
        .status = "forwarded",
        .session = "s"}},
      {"sent back by a script",
       "dovecot",
       "lmtp(d)<257><s>: sieve: msgid=<1@x>: reject action: rejected message "
       "from <someone@outside.test> (reject)",
       {.good = true,
        .kind = "sieve-reject",
        .messageId = "1@x",
        .recipient = "d",
        .status = "sent back",
        .session = "s"}},
      {"no room, in Dovecot's own file",
       "dovecot",
       "lmtp(d)<257><s>: Error: msgid=unspecified: save failed to INBOX: Quota "
       "exceeded",
       {.good = true,
        .kind = "failed",
        .recipient = "d",
        .status = "failed",
        .session = "s"}},
      {"a login",
       "dovecot",
       "imap-login: Login: user=<carl@example.com>, method=PLAIN, "
       "rip=192.0.2.10, lip=192.0.2.25, mpid=243, TLS, session=<x>",
       {.good = true,
        .kind = "login",
        .client = "192.0.2.10",
        .login = "carl@example.com"}},
      {"a wrong password",
       "dovecot",
       "imap-login: Disconnected: Connection closed (auth failed, 1 attempts "
       "in 6 secs): user=<a@example.com>, method=PLAIN, rip=192.0.2.10, "
       "lip=192.0.2.25, TLS",
       {.good = true,
        .kind = "login-failed",
        .client = "192.0.2.10",
        .login = "a@example.com"}},
      {"a connection alone says nothing",
       "dovecot",
       "lmtp(218): Connect from local",
       {}},
      {"nobody logged in",
       "dovecot",
       "imap-login: Disconnected: Aborted login by logging out (no auth "
       "attempts in 0 secs): user=<>, rip=127.0.0.1, lip=127.0.0.1, TLS",
       {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(read(row.program, row.text) == row.want);
  }
}

TEST_CASE("our own lines") {
  const Row rows[] = {
      {"milterd",
       "milterd",
       "EC916C3: trace=7GAJXCM7, client=203.0.113.10, from=<b@o.test>, "
       "rcpts=1, size=20, verdict=discard, reason=access_list: entry silent",
       {.good = true,
        .kind = "verdict",
        .queueId = "EC916C3",
        .traceCode = "7GAJXCM7",
        .client = "203.0.113.10",
        .sender = "b@o.test",
        .status = "discard",
        .size = 20,
        .recipients = 1}},
      {"milterd, of a sender who tells us the verdict",
       "milterd",
       "DEECE97: trace=F9AEPNHW, client=203.0.113.10, "
       "from=<\"a>, rcpts=1, size=1, verdict=pass, b\"@x.test>, rcpts=2, "
       "size=247, verdict=reject, reason=x",
       {.good = true,
        .kind = "verdict",
        .queueId = "DEECE97",
        .traceCode = "F9AEPNHW",
        .client = "203.0.113.10",
        .sender = "\"a>, rcpts=1, size=1, verdict=pass, b\"@x.test",
        .status = "reject",
        .size = 247,
        .recipients = 2}},
      {"milterd, which holds the message",
       "milterd",
       "EC916C3: trace=7GAJXCM7, client=203.0.113.10, from=<b@o.test>, "
       "rcpts=1, size=20, verdict=quarantine, quarantine=7Q, reason=virus: x",
       {.good = true,
        .kind = "verdict",
        .queueId = "EC916C3",
        .traceCode = "7GAJXCM7",
        .client = "203.0.113.10",
        .sender = "b@o.test",
        .status = "quarantine",
        .session = "7Q",
        .size = 20,
        .recipients = 1}},
      {"milterd, of somebody who logged in",
       "milterd",
       "NOQUEUE: trace=7GAJXCM7, client=192.0.2.1, login=a@example.com, "
       "from=<a@example.com>, rcpts=2, size=0, verdict=pass",
       {.good = true,
        .kind = "verdict",
        .traceCode = "7GAJXCM7",
        .client = "192.0.2.1",
        .login = "a@example.com",
        .sender = "a@example.com",
        .status = "pass",
        .recipients = 2}},
      {"policyd, and a rule whose name is chosen to confuse",
       "policyd",
       "reject: block_list: entry \", from=<x> to=<y> client=1\" (sender), "
       "from=<p@o.test> to=<a@example.com> client=203.0.113.10 queue_id=EC916C3"
       ", reference 285K4RJB",
       {.good = true,
        .kind = "verdict",
        .queueId = "EC916C3",
        .traceCode = "285K4RJB",
        .client = "203.0.113.10",
        .sender = "p@o.test",
        .recipient = "a@example.com",
        .status = "reject"}},
      {"anything else", "policyd", "started with generation 1", {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(read(row.program, row.text) == row.want);
  }
}

}  // namespace mailreeve::logs
