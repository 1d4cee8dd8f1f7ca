// The fault matrix: each helper x each of its faults x each setting that
// decides about it, through the settings' own text, real sockets and the whole
// engine. A cell is what becomes of the message and what the client or the
// reader is told. The message is one that a well helper finds; the first column
// proves it.
//
// What must never be: found or not, a message accepted because a helper fell
// over in a way nobody thought of, or one that is waited for without an end.
#include <future>

#include "core/base/text.h"
#include "milter/backends.h"
#include "tests/unit/faults/helpers.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::faults {

namespace {

using namespace milter;

struct Row {
  std::string label;
  Helper helper;
  std::string settings;  // $S: the helper's place. $T: seconds.
  std::string well;      // A helper without a fault.
  std::string broken;    // Each of the faults.
};

const std::string kLater =
    "defer 451 4.7.1 Temporarily unable to process this message";
const std::string kClamd =
    "antivirus: {engine: clamav, time_limit_seconds: $T, clamd: {socket: $S}";
const std::string kIcap =
    "antivirus: {engine: icap, time_limit_seconds: $T, clamd: {socket: "
    "/nonexistent/clamd}, icap: {server: $S";
const std::string kSpamd =
    "spam: {enabled: true, action: quarantine, server: $S, time_limit: $T";
const std::string kDns =
    "dns: {forwarders: [$S], timeout: $T}\n"
    "authentication_checks: {dkim: {enabled: false}, arc: {enabled: false}";
const std::string kSpf = kDns + ", dmarc: {enabled: false}, spf: {temperror: ";
const std::string kDmarc =
    kDns + ", spf: {enabled: false}, dmarc: {temperror: ";
const std::string kUnscanned =
    " | Subject: [VIRUS] Hello"
    " | X-Virus-Status: Not scanned";
const std::string kNoScore =
    " | X-Spam-Status: No, not scanned, score=0 required=5";

const Row kRows[] = {
    {"clamd: defer", Helper::Clamd, kClamd + "}", "quarantine", kLater},
    {"clamd: mark",
     Helper::Clamd,
     kClamd + ", on_failure: mark}",
     "quarantine",
     "mark" + kUnscanned},
    {"clamd: deliver",
     Helper::Clamd,
     kClamd + ", on_failure: deliver}",
     "quarantine",
     "pass"},
    {"ICAP alone: defer",
     Helper::Icap,
     kIcap + ", fall_back_to_clamav: false}}",
     "quarantine",
     kLater},
    {"ICAP alone: mark",
     Helper::Icap,
     kIcap + ", fall_back_to_clamav: false}, on_failure: mark}",
     "quarantine",
     "mark" + kUnscanned},
    {"ICAP alone: deliver",
     Helper::Icap,
     kIcap + ", fall_back_to_clamav: false}, on_failure: deliver}",
     "quarantine",
     "pass"},
    {"ICAP, and clamd dead behind it: defer",
     Helper::Icap,
     kIcap + "}}",
     "quarantine",
     kLater},
    {"spamd: deliver",
     Helper::Spamd,
     kSpamd + "}",
     "quarantine",
     "pass" + kNoScore},
    {"spamd: defer",
     Helper::Spamd,
     kSpamd + ", on_failure: defer}",
     "quarantine",
     kLater},
    {"spamd: mark",
     Helper::Spamd,
     kSpamd + ", on_failure: mark}",
     "quarantine",
     "mark" + kNoScore},
    {"DNS for SPF: defer",
     Helper::Dns,
     kSpf + "defer}}",
     "reject 550 5.7.23 203.0.113.9 is not allowed to send mail for $D",
     "defer 451 4.7.24 The SPF record of $D cannot be looked up at the "
     "moment"},
    {"DNS for SPF: accept",
     Helper::Dns,
     kSpf + "accept}}",
     "reject 550 5.7.23 203.0.113.9 is not allowed to send mail for $D",
     "pass | spf=temperror"},
    {"DNS for DMARC: defer",
     Helper::Dns,
     kDmarc + "defer}}",
     "reject 550 5.7.26 Mail of $D must be authenticated (DMARC), and this "
     "message is not",
     "defer 451 4.4.3 The sender cannot be authenticated at the moment"},
    {"DNS for DMARC: accept",
     Helper::Dns,
     kDmarc + "accept}}",
     "reject 550 5.7.26 Mail of $D must be authenticated (DMARC), and this "
     "message is not",
     "pass | spf=temperror | dmarc=temperror"},
};

const std::vector<std::pair<std::string, Fault>> kFaults = {
    {"well", Fault::None},
    {"dead", Fault::Dead},
    {"refusing", Fault::Refusing},
    {"mute", Fault::Mute},
    {"slow", Fault::Slow},
    {"silent after half an answer", Fault::Half},
    {"gone after half an answer", Fault::BreaksOff},
    {"answering nonsense", Fault::Nonsense},
};

// Nobody waits for a well helper that long; on a busy machine it may take some.
constexpr int kPatience = 60;
constexpr std::chrono::seconds kLimit{1};
constexpr std::chrono::seconds kSlack{9};  // Of a busy machine.

// What the reader sees of it.
std::string marksIn(std::string_view message) {
  std::string marks;
  for (const auto line : split(message, '\n'))
    for (const std::string field : {"Subject: [", "X-Virus-", "X-Spam-Status:"})
      if (line.starts_with(field)) marks += " | " + std::string(trim(line));
  for (const std::string result : {"spf=temperror", "dmarc=temperror"})
    if (message.find(result) != std::string_view::npos) marks += " | " + result;
  return marks;
}

std::string told(Outcome outcome) {
  const auto& verdict = outcome.verdict;
  std::string says(name(verdict.kind));
  if (verdict.refuses())
    says += " " + std::to_string(verdict.reply.code) + " " +
            verdict.reply.enhanced + " " + verdict.reply.text;
  if (verdict.final()) return says;
  const auto leaves = outcome.draft.message();
  REQUIRE(leaves);
  return says + marksIn((*leaves)->bytes());
}

struct Cell {
  std::string got;
  std::string domain;
  std::chrono::steady_clock::duration took;
};

// As the session does it: at DATA, as bytes come, at the end.
std::string judge(const Engine& engine, const std::string& domain) {
  const std::string bytes = "From: x@" + domain +
                            "\r\nSubject: Hello\r\n"
                            "Message-ID: <1@" +
                            domain + ">\r\n\r\nEICAR\r\n";
  const auto message =
      messageOf(bytes, envelopeOf("x@" + domain, {"a@example.com"}));
  const Transaction transaction(engine.policy(), message.envelope(), kNow);
  Inspection inspection;
  Outcome early(message);
  early.verdict = engine.onEnvelope(transaction, inspection);
  if (early.verdict.final()) return told(std::move(early));
  inspection.bytes(message.bytes());
  return told(engine.onMessage(transaction, message, std::move(inspection)));
}

Cell play(const Row& row, Fault fault) {
  static const ManualClock clock(kNow);
  const BrokenHelper helper(row.helper, fault);
  const bool unbound = row.helper == Helper::Dns && fault == Fault::Dead;
  // Port 9 of loopback: nobody listens.
  const std::string server = unbound ? "127.0.0.1@9" : helper.server();
  const auto limit =
      std::to_string(fault == Fault::None ? kPatience : kLimit.count());
  const auto policy = policyOf(
      "",
      replaceAll(replaceAll(row.settings, "$S", server), "$T", limit) + "\n");
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  auto backends = makeBackends(policy->settings(), clock, paths, nullptr);
  REQUIRE(backends);
  auto engine = Engine::make(policy, "7", *std::move(backends));
  REQUIRE(engine);
  const bool forDmarc = row.settings.starts_with(kDmarc);
  Cell cell;
  cell.domain = helper.domain(forDmarc ? "dmarc" : "spf");
  const auto start = std::chrono::steady_clock::now();
  cell.got = judge(**engine, cell.domain);
  cell.took = std::chrono::steady_clock::now() - start;
  return cell;
}

}  // namespace

TEST_CASE("fault matrix: each helper x each fault x each setting") {
  for (const auto& row : kRows) {
    CAPTURE(row.label);
    std::vector<std::future<Cell>> cells;
    for (const auto& fault : kFaults)
      cells.push_back(std::async(std::launch::async, [&row, &fault] {
        return play(row, fault.second);
      }));
    for (std::size_t i = 0; i < kFaults.size(); ++i) {
      const auto& [label, fault] = kFaults[i];
      CAPTURE(label);
      const Cell cell = cells[i].get();
      const auto& want = fault == Fault::None ? row.well : row.broken;
      CHECK(cell.got == replaceAll(want, "$D", cell.domain));
      if (fault != Fault::None) CHECK(cell.took < kLimit + kSlack);
    }
  }
}

}  // namespace mailreeve::faults
