// Spam as the engine judges it: filters, keywords, thresholds, spamd in
// trouble, and what the message looks like afterwards.
#include "milter/checks/spam.h"

#include <atomic>
#include <mutex>
#include <thread>

#include <poll.h>
#include <sys/socket.h>

#include "core/net/unix_socket.h"
#include "milter/edits/marks.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scratch.h"

namespace mailreeve::milter {

namespace {

// Answers every request alike.
class FakeSpamd {
 public:
  // How often it was asked.
  std::atomic<int> asked = 0;

  explicit FakeSpamd(std::string answer) : answer_(std::move(answer)) {
    auto listening = net::listenUnix(path(), 0600);
    REQUIRE(listening);
    listening_ = *std::move(listening);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  [[nodiscard]] std::string path() const {
    return (scratch_.path / "spamd.sock").string();
  }

  // The last request.
  [[nodiscard]] std::string last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

  [[nodiscard]] static std::string judging(const std::string& score,
                                           const std::string& rules) {
    return "SPAMD/1.1 0 EX_OK\r\nContent-length: " +
           std::to_string(rules.size()) + "\r\nSpam: True ; " + score +
           " / 5.0\r\n\r\n" + rules;
  }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd wait{listening_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const Fd fd(::accept(listening_.get(), nullptr, nullptr));
      asked += 1;
      std::array<char, 4096> piece{};
      std::string got;
      for (ssize_t n = 0;
           (n = ::recv(fd.get(), piece.data(), piece.size(), 0)) > 0;)
        got.append(piece.data(), static_cast<std::size_t>(n));
      {
        const std::lock_guard lock(mutex_);
        last_ = got;
      }
      (void)::send(fd.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  std::string answer_;
  mutable std::mutex mutex_;
  std::string last_;  // Guarded by mutex_.
  Scratch scratch_;
  Fd listening_;
  std::jthread thread_;
};

struct Judged {
  std::string verdict;
  std::string reason;
  std::string found;
  std::string leaves;  // The message as it would leave.
};

Judged judged(const std::string& spam,
              const std::vector<std::string>& to = {"bob@example.com"},
              const std::string& raw = kPlainMail,
              const std::string& from = "stranger@far.example",
              const std::string& domain = "",
              const std::string& rest = "") {
  static const ManualClock clock(kNow);
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  const auto policy = policyOf(domain, "spam: {" + spam + "}\n" + rest);
  auto backends = makeBackends(policy->settings(), clock, paths, nullptr);
  REQUIRE(backends);
  auto made = Engine::make(policy, "7", *std::move(backends));
  REQUIRE(made);
  const auto engine = *std::move(made);
  const auto message = messageOf(raw, envelopeOf(from, to));
  const Transaction transaction(engine->policy(), message.envelope(), kNow);
  Inspection inspection;
  REQUIRE_FALSE(engine->onEnvelope(transaction, inspection).final());
  auto outcome = engine->onMessage(transaction, message, std::move(inspection));
  Judged result;
  for (const auto& line : outcome.inspection.trace)
    if (line.step == "spam") {
      result.verdict = name(line.says);
      result.reason = line.saw;
    }
  result.found = outcome.verdict.found;
  const auto leaves = outcome.draft.message();
  REQUIRE(leaves);
  result.leaves = std::string((*leaves)->bytes());
  return result;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Nobody listens there.
const std::string kDead = "enabled: true, server: /nonexistent/spamd";

}  // namespace

TEST_CASE("who is spam by a filter is spam whatever his score") {
  struct Row {
    std::string label;
    std::string filters;
    std::vector<std::string> to;
    std::string want;
    std::string from = "stranger@far.example";
  };

  const std::string sender = "{name: s, sender: \"*@far.example\", verdict: ";
  const std::string bob = "{name: b, recipient: bob@example.com, verdict: ";
  const Row rows[] = {
      {"the sender is spam", sender + "spam}", {"bob@example.com"}, "mark"},
      {"the sender is none", sender + "not_spam}", {"bob@example.com"}, "pass"},
      {"a sender of ours from outside may be anybody",
       "{name: o, sender: \"*@example.com\", verdict: not_spam}",
       {"bob@example.com"},
       "pass not scanned",
       "alice@example.com"},
      {"which does not keep it from being spam",
       "{name: o, sender: \"*@example.com\", verdict: spam}",
       {"bob@example.com"},
       "mark",
       "alice@example.com"},
      {"the first filter decides",
       bob + "not_spam}, " + sender + "spam}",
       {"bob@example.com"},
       "pass"},
      {"spam for one is spam for all",
       bob + "spam}",
       {"alice@example.com", "bob@example.com"},
       "mark"},
      {"none for one protects no other",
       bob + "not_spam}",
       {"alice@example.com", "bob@example.com"},
       "pass not scanned"},
      {"an extension is the same mailbox",
       bob + "spam}",
       {"bob+x@example.net"},
       "mark"},
      {"a filter that is off",
       "{name: o, enabled: false, sender: \"*\", verdict: spam}",
       {"bob@example.com"},
       "pass not scanned"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto result = judged(kDead + ", filters: [" + row.filters + "]",
                               row.to,
                               kPlainMail,
                               row.from);
    const std::string scanned =
        has(result.reason, "not scanned") ? " not scanned" : "";
    CHECK(result.verdict + scanned == row.want);
    CHECK(has(result.leaves, "X-Spam-Flag: YES") == (result.verdict == "mark"));
  }
}

TEST_CASE("the trace says that a filter is for some recipients only") {
  const auto both =
      judged(kDead +
                 ", filters: [{name: b, recipient: bob@example.com, verdict: "
                 "not_spam}]",
             {"alice@example.com", "bob@example.com"});
  CHECK(has(both.reason, "filter \"b\" is not for all recipients"));
}

TEST_CASE("the score decides, and says by which threshold") {
  const FakeSpamd spamd(FakeSpamd::judging("7.5", "RULE_A,RULE_B"));
  const std::string on = "enabled: true, server: " + spamd.path();

  const auto spam = judged(on);
  CHECK(spam.verdict == "mark");
  CHECK(spam.reason == "score 7.5 (spamd 7.5), spam from 5 on: RULE_A,RULE_B");
  CHECK(spam.found == "RULE_A,RULE_B");
  CHECK(has(spam.leaves, "X-Spam-Flag: YES\r\n"));
  CHECK(has(spam.leaves, "X-Spam-Score: 7.5\r\n"));
  CHECK(has(spam.leaves, "X-Spam-Level: *******\r\n"));
  CHECK(has(spam.leaves,
            "X-Spam-Status: Yes, score=7.5 required=5\r\n"
            "\ttests=RULE_A,RULE_B\r\n"));

  CHECK(judged(on + ", threshold: 7.501").verdict == "pass");
  CHECK(judged(on + ", action: quarantine").verdict == "quarantine");
  CHECK(judged(on + ", action: discard").verdict == "discard");
  CHECK(judged(on + ", reject_above: 7.5").verdict == "reject");
  CHECK(judged(on + ", reject_above: 8").verdict == "mark");
  CHECK_FALSE(has(judged(on + ", headers: false").leaves, "X-Spam-Score"));
}

TEST_CASE("the strictest recipient's threshold decides for all") {
  const FakeSpamd spamd(FakeSpamd::judging("7.5", "RULE_A"));
  const std::string on = "enabled: true, threshold: 9, server: " + spamd.path();
  const std::string rest =
      "policies: [{name: strict, users: [bob@example.com], "
      "spam_threshold: 4}]\n";
  const auto both = judged(on,
                           {"alice@example.com", "bob@example.com"},
                           kPlainMail,
                           "stranger@far.example",
                           "    spam_threshold: 8\n",
                           rest);
  CHECK(both.verdict == "mark");
  CHECK(has(both.reason,
            "from 4 on for bob@example.com (policy strict), the strictest of "
            "the recipients"));
  const auto alice = judged(on,
                            {"alice@example.com"},
                            kPlainMail,
                            "stranger@far.example",
                            "    spam_threshold: 8\n",
                            rest);
  CHECK(alice.verdict == "pass");
  CHECK(has(alice.reason, "from 8 on for alice@example.com (domain example"));
}

TEST_CASE("words add to the score, also when spamd is dead") {
  const std::string words =
      ", keyword_groups: [{name: pills, keywords: ["
      "{target: subject, pattern: \"hel+o\", score: 4.5}, "
      "{pattern: \"Hello\\\\.\", case_sensitive: true, score: 0.5}, "
      "{pattern: nothing, score: 100}]}]";
  const auto result = judged(kDead + words);
  CHECK(result.verdict == "mark");
  CHECK(has(result.reason, "keywords 5"));
  CHECK(has(result.reason, "KEYWORD:pills/1,KEYWORD:pills/2"));
}

TEST_CASE("the trace says that keywords were not looked for in all the text") {
  struct Row {
    std::string label;
    std::string target;
    std::size_t bytes;
    bool cut;
  };

  constexpr std::size_t kMost = std::size_t{1} << 20U;
  const Row rows[] = {{"it fits", "content", kMost - 100, false},
                      {"it does not", "content", kMost + 100, true},
                      {"nobody wants it", "subject", kMost + 100, false}};
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto policy = policyOf(
        "",
        "spam: {" + kDead +
            ", keyword_groups: [{name: g, keywords: [{target: " + row.target +
            ", pattern: pills}]}]}\n");
    const auto check = Spam::make(*policy, *backends());
    REQUIRE(check);
    std::string text = "Subject: x\r\n\r\n";
    while (text.size() < row.bytes) text += "Nothing.\r\n";
    const auto message = messageOf(
        text + "pills\r\n", envelopeOf("s@far.example", {"bob@example.com"}));
    const Transaction transaction(*policy, message.envelope(), kNow);
    Findings findings;
    const auto question = (*check)->inquire(transaction, findings);
    question->complete(message);
    const auto verdict = question->answer(transaction, message, findings);
    REQUIRE(verdict);
    CHECK(has(verdict->reason,
              "keywords: only the first 1M of text were read") == row.cut);
  }
}

TEST_CASE("a spamd that does not answer is what the setting says") {
  struct Row {
    std::string label;
    std::string setting;
    std::string want;
  };

  const FakeSpamd nonsense("220 hello\r\n");
  const std::string places[] = {"/nonexistent/spamd", nonsense.path()};
  const Row rows[] = {{"deliver", "deliver", "pass"},
                      {"defer", "defer", "defer"},
                      {"mark", "mark", "mark"}};
  for (const auto& place : places)
    for (const auto& row : rows) {
      CAPTURE(place);
      CAPTURE(row.label);
      const auto result = judged("enabled: true, server: " + place +
                                 ", on_failure: " + row.setting);
      CHECK(result.verdict == row.want);
      CHECK(has(result.reason, "not scanned: "));
      if (row.setting == "mark")
        CHECK(has(result.leaves, "X-Spam-Status: No, not scanned"));
    }
}

TEST_CASE("mail of our users and large mail is not given to spamd") {
  const FakeSpamd spamd(FakeSpamd::judging("99", "RULE_A"));
  const std::string on = "enabled: true, server: " + spamd.path();
  CHECK(judged("enabled: false").verdict == "");
  const std::string large = kPlainMail + std::string(2000, 'x') + "\r\n";
  const auto result = judged(on + ", max_size: 1K", {"bob@example.com"}, large);
  CHECK(result.verdict == "pass");
  CHECK(has(result.reason, "larger than 1K, not given to spamd"));
}

TEST_CASE("a dry run says so before all that a message can say") {
  const FakeSpamd spamd(FakeSpamd::judging("1", ""));
  const auto policy =
      policyOf("", "spam: {enabled: true, server: " + spamd.path() + "}\n");
  const std::string claim = "X-Mailreeve-Dry-Run: yes\r\n";
  static const ManualClock clock(kNow);
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  for (const bool dry : {false, true}) {
    CAPTURE(dry);
    auto made = makeBackends(policy->settings(), clock, paths, nullptr);
    REQUIRE(made);
    auto backends = std::make_shared<Backends>(**made);
    backends->dryRun = dry;
    auto engine = Engine::make(policy, "7", backends);
    REQUIRE(engine);
    const auto message = messageOf(
        claim + kPlainMail, envelopeOf("a@far.example", {"bob@example.com"}));
    FakeUsage usage;
    const auto outcome = (*engine)->judge(message, kNow, usage);
    CHECK(has(spamd.last(), "\r\n\r\n" + claim + "Return-Path:") == dry);
    CHECK(has(spamd.last(), "\r\n\r\nReturn-Path:") != dry);
    for (const auto& line : outcome.inspection.trace)
      if (line.step == "spam")
        CHECK(has(line.saw, "which may have learned from it") == dry);
  }
}

TEST_CASE("a report of spam reaches who learns from it, whatever is in it") {
  struct Row {
    std::string label;
    std::string login;
    std::vector<std::string> to;
    std::string want;
  };

  const std::string alice = "alice@example.com";
  const Row rows[] = {
      {"what a user reports", alice, {"spam@example.com"}, "pass"},
      {"in another spelling", alice, {"Spam@EXAMPLE.com"}, "pass"},
      {"to both addresses",
       alice,
       {"spam@example.com", "ham@example.com"},
       "pass"},
      {"to somebody else as well",
       alice,
       {"spam@example.com", "bob@example.com"},
       "reject"},
      {"to somebody else", alice, {"bob@example.com"}, "reject"},
      {"to an extension of it", alice, {"spam+x@example.com"}, "reject"},
      {"of nobody who is known", "", {"spam@example.com"}, "reject"},
  };
  const FakeSpamd spamd(FakeSpamd::judging("99", "RULE_A"));
  const std::string rules =
      "content_rules: {enabled: true, action: reject, threshold: 1, rules: "
      "[{name: hello, pattern: Hello, score: 3}]}\n";
  for (const std::string& judge : {std::string("spam"), std::string("words")}) {
    const auto policy = policyOf(
        "",
        "spam: {enabled: true, action: reject, scan_outbound: true, server: " +
            (judge == "spam" ? spamd.path() : "/nonexistent/spamd") +
            ", reporting: {spam_address: spam@example.com, ham_address: "
            "ham@example.com}}\n" +
            (judge == "words" ? rules : ""));
    static const ManualClock clock(kNow);
    const Scratch scratch;
    Paths paths;
    paths.state = scratch.path;
    auto backends = makeBackends(policy->settings(), clock, paths, nullptr);
    REQUIRE(backends);
    auto engine = Engine::make(policy, "7", *std::move(backends));
    REQUIRE(engine);
    for (const auto& row : rows) {
      CAPTURE(judge);
      CAPTURE(row.label);
      const auto message =
          messageOf(kPlainMail, envelopeOf(alice, row.to, row.login));
      FakeUsage usage;
      const auto outcome = (*engine)->judge(message, kNow, usage);
      CHECK(name(outcome.verdict.kind) == row.want);
    }
  }
}

TEST_CASE("marks that a stranger wrote are taken off") {
  const FakeSpamd spamd(FakeSpamd::judging("0", ""));
  const auto result =
      judged("enabled: true, server: " + spamd.path(),
             {"bob@example.com"},
             "X-Spam-Flag: YES\r\nx-spam-status: No, score=-99\r\n"
             "X-Spam-Flag: YES\r\n" +
                 std::string(kPlainMail));
  CHECK_FALSE(has(result.leaves, "X-Spam-Flag"));
  CHECK_FALSE(has(result.leaves, "-99"));
  CHECK(has(result.leaves, "X-Spam-Status: No, score=0 required=5\r\n"));
}

TEST_CASE("what we say of viruses nobody else says") {
  struct Row {
    std::string label;
    std::vector<mail::Header> marks;  // Of ours.
    std::string want;
  };

  const Row rows[] = {{"a user's own word goes where there is ours",
                       {{kVirusField, " Not scanned"}},
                       "X-Virus-Status: Not scanned\r\n"},
                      {"and stays where there is none",
                       {{"X-Mailreeve-Content", " x"}},
                       "x-virus-status: Clean\r\n"}};
  const auto policy = policyOf();
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = messageOf(
        "x-virus-status: Clean\r\n" + std::string(kPlainMail),
        envelopeOf("a@example.com", {"x@o.example"}, "a@example.com"));
    const Transaction transaction(*policy, message.envelope(), kNow);
    Findings findings;
    findings.marks.fields = row.marks;
    Draft draft(message);
    REQUIRE(ApplyMarks(false).propose(transaction, findings, draft));
    const auto leaves = draft.message();
    REQUIRE(leaves);
    std::string left;
    for (const auto& header : (*leaves)->headers())
      if (equalsIgnoringCase(header.name, kVirusField))
        left += header.name + ":" + std::string(header.value) + "\r\n";
    CHECK(left == row.want);
  }
}

TEST_CASE("spam can be attached to a report") {
  const FakeSpamd spamd(FakeSpamd::judging(
      "15.0", "Content analysis details:\r\n\r\n 15 GTUBE   BODY: test\r\n"));
  const std::string on = "enabled: true, server: " + spamd.path();
  const auto attached = judged(on + ", report: attachment");
  CHECK(has(attached.leaves, "Content-Type: message/rfc822\r\n"));
  CHECK(has(attached.leaves, kPlainMail));
  CHECK(has(attached.leaves, "Rules: GTUBE"));
  CHECK(has(attached.leaves, "X-Spam-Flag: YES"));
  const auto text = judged(on + ", report: text");
  CHECK_FALSE(has(text.leaves, "message/rfc822"));
  CHECK(has(text.leaves, kPlainMail));
}

TEST_CASE("a prefix is put before a subject of any kind") {
  struct Row {
    std::string label;
    std::vector<std::string> prefixes;
    std::string subject;
    std::string want;
  };

  const std::string word60(60, 'w');
  const Row rows[] = {
      {"plain", {"[SPAM]"}, " Hello", " [SPAM] Hello"},
      {"two", {"[SPAM]", "[VIRUS]"}, " Hello", " [SPAM] [VIRUS] Hello"},
      {"there already", {"[SPAM]"}, " [SPAM] Hello", " [SPAM] Hello"},
      {"none", {"[SPAM]"}, "", " [SPAM]"},
      {"encoded stays encoded",
       {"[SPAM]"},
       " =?utf-8?q?H=C3=A4?=",
       " [SPAM] =?utf-8?q?H=C3=A4?="},
      {"folding stays, and is added where the line would be long",
       {"[SPAM OF A VERY LONG NAME]"},
       " " + word60 + "\r\n second",
       " [SPAM OF A VERY LONG NAME]\n " + word60 + "\n second"},
      {"a prefix beyond ASCII is encoded",
       {"[WERBÜNG]"},
       " Hello",
       " =?utf-8?B?W1dFUkLDnE5HXQ==?=\n Hello"},
      {"with its blank, where an encoded word follows",
       {"Ü"},
       " =?utf-8?q?H?=",
       " =?utf-8?B?w5wg?=\n =?utf-8?q?H?="},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(prefixedSubject(row.prefixes, row.subject) == row.want);
  }
}

TEST_CASE("what was held for spam teaches spamd nothing when it is released") {
  static const ManualClock clock(kNow);
  FakeSpamd spamd(FakeSpamd::judging("30.0", "LEARNED"));
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  const auto policy = policyOf(
      "",
      "spam: {enabled: true, action: quarantine, server: " + spamd.path() +
          "}\n");
  auto backends = makeBackends(policy->settings(), clock, paths, nullptr);
  REQUIRE(backends);
  const auto engine = Engine::make(policy, "7", *std::move(backends));
  REQUIRE(engine);

  struct Row {
    std::string label;
    std::string waived;
    int asked;
    Verdict::Kind want;
  };

  const Row rows[] = {
      {"held for spam", "spam", 0, Verdict::Kind::Pass},
      {"held for something else, it is asked, and still held back",
       "content_rules",
       1,
       Verdict::Kind::Reject},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    spamd.asked = 0;
    const auto message = messageOf(
        kPlainMail, envelopeOf("stranger@far.example", {"bob@example.com"}));
    Transaction transaction((*engine)->policy(), message.envelope(), kNow);
    transaction.released = Released{"20260301-7K2M9QXR4TPB", {row.waived}};
    const auto outcome = (*engine)->onWhole(transaction, message);
    CHECK(outcome.verdict.kind == row.want);
    CHECK(spamd.asked == row.asked);
  }
}

}  // namespace mailreeve::milter
