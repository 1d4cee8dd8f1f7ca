#include "milter/chain.h"

#include <set>
#include <stdexcept>

#include "core/base/trace_code.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

enum class Act { Pass, Silent, Defer, Reject, Discard, Error, Throw, ThrowInt };

Result<Verdict> perform(Act act) {
  switch (act) {
    case Act::Pass:
      return Verdict::pass("fine");
    case Act::Silent:
      return Verdict::pass();
    case Act::Defer:
      return Verdict::defer("not now");
    case Act::Reject:
      return Verdict::reject({550, "5.7.1", "No"}, "never");
    case Act::Discard:
      return Verdict::discard("away");
    case Act::Error:
      return Error{ErrorCode::Unavailable, "resolver timed out"};
    case Act::Throw:
      throw std::runtime_error("boom");
    case Act::ThrowInt:
      throw 42;  // NOLINT(*-exception-baseclass)
  }
  return Error{ErrorCode::Internal, "unreachable"};
}

class ScriptedCheck final : public Check {
 public:
  explicit ScriptedCheck(Act act) : act_(act) {}

  [[nodiscard]] std::string_view name() const override { return "scripted"; }

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction&) const override {
    return perform(act_);
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction&,
                                          const mail::Message&) const override {
    return perform(act_);
  }

 private:
  Act act_;
};

class ScriptedEdit final : public Edit {
 public:
  explicit ScriptedEdit(Act act) : act_(act) {}

  [[nodiscard]] std::string_view name() const override { return "edit"; }

  [[nodiscard]] Result<Verdict> propose(const Transaction&,
                                        const mail::Message&,
                                        Draft& draft) const override {
    draft.addRecipient("x@y.example", "");
    return perform(act_);
  }

 private:
  Act act_;
};

Chain chainOf(const std::vector<Act>& acts) {
  Chain::Checks checks;
  Chain::Edits edits;
  for (const auto act : acts) {
    checks.push_back(std::make_unique<ScriptedCheck>(act));
    edits.push_back(std::make_unique<ScriptedEdit>(act));
  }
  return {std::move(checks), std::move(edits)};
}

}  // namespace

TEST_CASE("the chain keeps the most severe verdict and fails closed") {
  using Kind = Verdict::Kind;

  struct Row {
    std::string label;
    std::vector<Act> acts;
    Kind want;
    std::size_t lines;
  };

  const Row rows[] = {
      {"no steps", {}, Kind::Pass, 0},
      {"all pass", {Act::Pass, Act::Pass}, Kind::Pass, 2},
      {"a step with nothing to say leaves no line",
       {Act::Silent, Act::Pass},
       Kind::Pass,
       1},
      {"an Error defers", {Act::Error, Act::Pass}, Kind::Defer, 1},
      {"an exception defers", {Act::Throw, Act::Pass}, Kind::Defer, 1},
      {"so does one of no known type", {Act::ThrowInt}, Kind::Defer, 1},
      {"a rejection ends the chain",
       {Act::Reject, Act::Throw},
       Kind::Reject,
       1},
      {"so does a deferral", {Act::Defer, Act::Reject}, Kind::Defer, 1},
      {"and a discard",
       {Act::Pass, Act::Discard, Act::Defer},
       Kind::Discard,
       2},
  };
  const auto policy = policyOf();
  const auto message = messageOf(kPlainMail, envelopeOf("a@example.com", {}));
  const Transaction transaction(*policy, message.envelope(), kNow);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const Chain chain = chainOf(row.acts);
    Trace onEnvelope;
    CHECK(chain.onEnvelope(transaction, onEnvelope).kind == row.want);
    CHECK(onEnvelope.size() == row.lines);
    Trace onMessage;
    CHECK(chain.onMessage(transaction, message, onMessage).kind == row.want);
    CHECK(onMessage.size() == row.lines);
    Trace edits;
    Draft draft;
    CHECK(chain.edit(transaction, message, draft, edits).kind == row.want);
  }
}

TEST_CASE("a step that fails tells the log why and the client nothing") {
  const auto policy = policyOf();
  const mail::Envelope envelope;
  const Transaction transaction(*policy, envelope, kNow);
  Trace trace;
  const auto verdict = chainOf({Act::Throw}).onEnvelope(transaction, trace);
  CHECK(verdict.reply.code == 451);
  CHECK(verdict.reply.enhanced == "4.7.1");
  CHECK(verdict.reply.text.find("boom") == std::string::npos);
  CHECK(trace.front().saw == "scripted: boom");
}

TEST_CASE("trace codes can be read out and differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string code = traceCode();
    CHECK(code.size() == 8);
    CHECK(code.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") ==
          std::string::npos);
    seen.insert(code);
  }
  CHECK(seen.size() == 1000);
}

}  // namespace mailreeve::milter
