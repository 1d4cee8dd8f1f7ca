#include "policyd/rules.h"

#include <map>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/config/settings.h"

namespace mailreeve::policyd {

namespace {

using config::ListAction;
using config::ListEntry;

const TimePoint kNow = std::chrono::system_clock::from_time_t(1'770'000'000);

config::Settings house() {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  home.additional = {"casa.example"};
  config::Domain branch;
  branch.name = "branch.example";
  branch.limits.dailyVolume = 1000;
  settings.domains = {home, branch};
  settings.networks.trusted = {"10.9.0.0/16"};

  config::UserPolicy apprentices;
  apprentices.name = "apprentices";
  apprentices.users = {"eve@home.example", "*@branch.example"};
  apprentices.settings.internalOnly = true;
  config::UserPolicy limited;
  limited.name = "limited";
  limited.users = {"lim@home.example"};
  limited.settings.dailyMessages = 3;
  settings.policies = {apprentices, limited};

  ListEntry friendly{.name = "friend", .sender = "friend@far.example"};
  ListEntry open{.name = "open box", .recipient = "open@home.example"};
  ListEntry spammer{.name = "spammer", .sender = "*@far.example"};
  ListEntry silent{.name = "silent", .sender = "spam@quiet.example"};
  silent.action = ListAction::Discard;
  ListEntry forbidden{.name = "forbidden", .recipient = "no@out.example"};
  settings.lists.allow = {friendly, open};
  settings.lists.block = {spammer, silent, forbidden};
  return settings;
}

Result<store::Usage> usage(const std::string& user) {
  if (user == "lim@home.example") return store::Usage{user, "", 3, 0};
  if (user == "full@branch.example") return store::Usage{user, "", 1, 1000};
  if (user == "free@branch.example") return store::Usage{user, "", 9, 999};
  return Error{ErrorCode::Unavailable, "counters.db: disk I/O error"};
}

struct Ask {
  std::string from = "alice@near.example";
  std::string to = "bob@home.example";
  std::string login;
  std::string client = "192.0.2.7";
  std::string state = "RCPT";
};

Outcome judge(const RuleList& rules, const Ask& ask) {
  Request request;
  request.protocolState = ask.state;
  request.clientAddress = ask.client;
  request.saslUsername = ask.login;
  request.sender = ask.from;
  request.recipient = ask.to;
  return rules.judge(request, kNow);
}

// "reject: block_list: entry ..." or "pass".
std::string text(const Outcome& outcome) {
  std::string out(name(outcome.answer.kind));
  if (!outcome.rule.empty())
    out += ": " + std::string(outcome.rule) + ": " + outcome.reason;
  return out;
}

class Failing final : public Rule {
 public:
  explicit Failing(bool throws) : throws_(throws) {}

  [[nodiscard]] std::string_view name() const override { return "failing"; }

  [[nodiscard]] Result<Opinion> decide(const Question&) const override {
    if (throws_) throw std::runtime_error("boom");
    return Error{ErrorCode::Unavailable, "gone"};
  }

 private:
  bool throws_;
};

}  // namespace

TEST_CASE("the rules decide in their order, the first ends it") {
  const auto rules =
      makeRules(std::make_shared<directory::Policy>(house()), {usage});

  struct Row {
    std::string label;
    Ask ask;
    std::string want;
  };

  const Row rows[] = {
      {"nothing is against it", {}, "pass"},
      {"an allow entry before a block entry",
       {.from = "friend@far.example"},
       "allow: allow_list: entry \"friend\" (sender)"},
      {"a block entry",
       {.from = "other@far.example"},
       "reject: block_list: entry \"spammer\" (sender)"},
      {"a block entry that discards",
       {.from = "Spam@Quiet.example"},
       "discard: block_list: entry \"silent\" (sender)"},
      {"one recipient's allow entry does not help another",
       {.from = "other@far.example", .to = "bob@home.example"},
       "reject: block_list: entry \"spammer\" (sender)"},
      {"the recipient it names is reached",
       {.from = "other@far.example", .to = "open@home.example"},
       "allow: allow_list: entry \"open box\" (recipient)"},
      {"bounces are nobody's", {.from = ""}, "pass"},
      {"an authenticated sender is under the lists too",
       {.from = "bob@home.example",
        .to = "no@out.example",
        .login = "bob@home.example"},
       "reject: block_list: entry \"forbidden\" (recipient)"},
      {"an internal-only sender writes to a colleague",
       {.from = "eve@home.example",
        .to = "bob@casa.example",
        .login = "Eve@home.example"},
       "pass"},
      {"an internal-only sender writes outside",
       {.from = "eve@home.example",
        .to = "x@out.example",
        .login = "Eve+x@Casa.example"},
       "reject: internal_only: eve@home.example is internal only (policy "
       "apprentices)"},
      {"also with another sender address, and with none",
       {.from = "", .to = "x@out.example", .login = "eve@home.example"},
       "reject: internal_only: eve@home.example is internal only (policy "
       "apprentices)"},
      {"anybody else writes outside",
       {.from = "bob@home.example",
        .to = "x@out.example",
        .login = "bob@home.example"},
       "pass"},
      {"a trusted network vouches for an internal-only sender",
       {.from = "eve@home.example",
        .to = "x@out.example",
        .client = "10.9.1.1"},
       "reject: internal_only: eve@home.example is internal only (policy "
       "apprentices)"},
      {"a stranger's claim to be one says nothing",
       {.from = "eve@home.example", .to = "x@out.example"},
       "pass"},
      {"messages used up",
       {.from = "lim@home.example",
        .to = "x@out.example",
        .login = "lim@home.example"},
       "reject: quota_used_up: 3 of 3 messages a day (policy limited)"},
      {"volume used up",
       {.from = "full@branch.example",
        .to = "bob@home.example",
        .login = "full@branch.example"},
       "reject: quota_used_up: 1000 of 1000 bytes a day (domain "
       "branch.example)"},
      {"something is left",
       {.from = "free@branch.example",
        .to = "bob@home.example",
        .login = "free@branch.example"},
       "pass"},
      {"usage cannot be read and there is a limit",
       {.from = "odd@branch.example",
        .to = "bob@home.example",
        .login = "odd@branch.example"},
       "defer: quota_used_up: cannot decide: counters.db: disk I/O error"},
      {"usage cannot be read and there is none",
       {.from = "bob@home.example", .login = "bob@home.example"},
       "pass"},
      {"a sender of ours without a login has no quota",
       {.from = "lim@home.example",
        .to = "bob@home.example",
        .client = "10.9.1.1"},
       "pass"},
      {"another state than RCPT",
       {.from = "other@far.example", .state = "DATA"},
       "pass"},
      {"VRFY, which names a recipient too",
       {.to = "bob@home.example", .state = "VRFY"},
       "pass"},
      {"a client without an address", {.client = "unknown"}, "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(text(judge(rules, row.ask)) == row.want);
  }
}

TEST_CASE("the trace tells what each rule saw") {
  const auto rules =
      makeRules(std::make_shared<directory::Policy>(house()), {usage});
  const auto outcome = judge(rules,
                             {.from = "bob@home.example",
                              .to = "x@out.example",
                              .login = "bob@home.example"});
  std::string trace;
  for (const Step& step : outcome.steps)
    trace += std::string(step.rule) + ": " + std::string(step.says) + ", " +
             step.saw + "\n";
  CHECK(trace ==
        "address_syntax: no opinion, printable\n"
        "allow_list: no opinion, no entry\n"
        "block_list: no opinion, no entry\n"
        "unknown_recipients: no opinion, no limit\n"
        "internal_only: no opinion, bob@home.example may write to anybody\n"
        "quota_used_up: no opinion, bob@home.example has no limit\n"
        "greylist: no opinion, off\n");

  CHECK(text(Step{"block_list",
                  "reject",
                  "entry \"x\" (ip)",
                  std::chrono::microseconds(3)}) ==
        "block_list: reject, entry \"x\" (ip) (3 us)");
}

TEST_CASE("an allow entry that a stranger's claim fits is named in the trace") {
  auto settings = house();
  settings.lists.allow = {{.name = "ours", .domain = "home.example"}};
  const auto rules =
      makeRules(std::make_shared<directory::Policy>(settings), {usage});
  const auto forged = judge(rules, {.from = "bob@home.example"});
  CHECK(text(forged) == "pass");
  CHECK(forged.steps.at(1).saw ==
        "entry \"ours\" passed over: a sender of ours from outside");
  CHECK(
      text(judge(rules,
                 {.from = "bob@home.example", .login = "bob@home.example"})) ==
      "allow: allow_list: entry \"ours\" (domain)");
}

TEST_CASE("a rule that fails never lets mail pass") {
  for (const bool throws : {false, true}) {
    CAPTURE(throws);
    const auto policy = std::make_shared<directory::Policy>(house());
    std::vector<std::unique_ptr<const Rule>> failing;
    failing.push_back(std::make_unique<Failing>(throws));
    const RuleList rules(policy,
                         std::make_shared<directory::AccessLists>(policy),
                         std::move(failing));
    const auto outcome = judge(rules, {});
    CHECK(outcome.answer.kind == Answer::Kind::Defer);
    CHECK(outcome.reason ==
          std::string("cannot decide: ") + (throws ? "boom" : "gone"));
  }
}

TEST_CASE("Postfix is told in the words of access(5)") {
  const auto action = [](const Answer& answer) {
    std::string out;
    writeAction(answer, "7K3M9QXD", out);
    return out;
  };
  CHECK(action(Answer::pass()) == "action=DUNNO\n\n");
  CHECK(action(Answer::allow()) == "action=OK\n\n");
  CHECK(action(Answer::discard()) == "action=DUNNO\n\n");
  CHECK(action(Answer::reject("No")) ==
        "action=550 5.7.1 No (reference 7K3M9QXD)\n\n");
  CHECK(action(Answer::defer()) ==
        "action=451 4.3.0 Temporarily unable to decide (reference "
        "7K3M9QXD)\n\n");
}

}  // namespace mailreeve::policyd
