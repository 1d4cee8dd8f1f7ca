#include "milter/chain.h"

#include <set>
#include <stdexcept>

#include "core/base/trace_code.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

enum class Act {
  Pass,
  Silent,
  Mark,
  Quarantine,
  Defer,
  Reject,
  Discard,
  Error,
  Throw,
  ThrowInt
};

Result<Verdict> perform(Act act) {
  switch (act) {
    case Act::Pass:
      return Verdict::pass("fine");
    case Act::Silent:
      return Verdict::pass();
    case Act::Mark:
      return Verdict::mark("marked");
    case Act::Quarantine:
      return Verdict::quarantine("held");
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

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction&,
                                           Findings&) const override {
    return perform(act_);
  }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction&,
                                          const mail::Message&,
                                          Findings&) const override {
    return perform(act_);
  }

 private:
  Act act_;
};

class ScriptedEdit : public Edit {
 public:
  explicit ScriptedEdit(Act act) : act_(act) {}

  [[nodiscard]] std::string_view name() const override { return "edit"; }

  [[nodiscard]] Result<Verdict> propose(const Transaction&,
                                        const Findings&,
                                        Draft& draft) const override {
    draft.addRecipient("x@y.example", "");
    return perform(act_);
  }

 private:
  Act act_;
};

// That what is released must pass, too.
class ProtectingEdit final : public ScriptedEdit {
 public:
  using ScriptedEdit::ScriptedEdit;

  [[nodiscard]] bool forReleased(const Released&) const override {
    return true;
  }
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
      {"a mark does not, and stays", {Act::Mark, Act::Pass}, Kind::Mark, 2},
      {"what is held is looked at no further",
       {Act::Mark, Act::Quarantine, Act::Reject},
       Kind::Quarantine,
       2},
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
    Inspection envelope;
    CHECK(chain.onEnvelope(transaction, envelope).kind == row.want);
    CHECK(envelope.trace.size() == row.lines);
    Inspection whole;
    CHECK(chain.onMessage(transaction, message, whole).kind == row.want);
    CHECK(whole.trace.size() == row.lines);
    Inspection edits;
    Draft draft(message);
    CHECK(chain.edit(transaction, edits, draft).kind == row.want);
  }
}

TEST_CASE("an edit that would hold what is released refuses it") {
  struct Row {
    std::string label;
    Act act;
    Verdict::Kind want;
  };

  const Row rows[] = {
      {"held once more it would go round in circles",
       Act::Quarantine,
       Verdict::Kind::Reject},
      {"thrown away nobody would know", Act::Discard, Verdict::Kind::Reject},
      {"what is not possible now may be later",
       Act::Error,
       Verdict::Kind::Defer},
      {"what is well goes", Act::Pass, Verdict::Kind::Pass},
  };
  const auto policy = policyOf();
  const auto message = messageOf(kPlainMail, envelopeOf("a@example.com", {}));
  Transaction transaction(*policy, message.envelope(), kNow);
  transaction.released = Released{"20260301-7K2M9QXR4TPB", {"spam"}};
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Chain::Edits edits;
    edits.push_back(std::make_unique<ProtectingEdit>(row.act));
    const Chain chain({}, std::move(edits));
    Inspection inspection;
    Draft draft(message);
    CHECK(chain.edit(transaction, inspection, draft).kind == row.want);
    CHECK(inspection.trace.back().says == row.want);
  }
}

TEST_CASE("a step that fails tells the log why and the client nothing") {
  const auto policy = policyOf();
  const mail::Envelope envelope;
  const Transaction transaction(*policy, envelope, kNow);
  Inspection inspection;
  const auto verdict =
      chainOf({Act::Throw}).onEnvelope(transaction, inspection);
  CHECK(verdict.reply.code == 451);
  CHECK(verdict.reply.enhanced == "4.7.1");
  CHECK(verdict.reply.text.find("boom") == std::string::npos);
  CHECK(inspection.trace.front().saw == "scripted: boom");
}

namespace {

// Writes down what it is told; may throw at one of its moments.
class ScriptedInquiry final : public Inquiry {
 public:
  ScriptedInquiry(std::string& told, std::string throwsAt)
      : told_(told), throwsAt_(std::move(throwsAt)) {}

  void bytes(std::string_view arrived) override { tell(std::string(arrived)); }

  void complete(const mail::Message&) override { tell("complete"); }

  [[nodiscard]] Result<Verdict> answer(const Transaction&,
                                       const mail::Message&,
                                       Findings&) override {
    tell("answer");
    return Verdict::mark("asked");
  }

 private:
  void tell(const std::string& what) {
    if (what == throwsAt_) throw std::runtime_error("boom");
    told_ += what + ";";
  }

  std::string& told_;
  std::string throwsAt_;
};

class AskingCheck final : public Check {
 public:
  AskingCheck(std::string& told, std::string throwsAt)
      : told_(told), throwsAt_(std::move(throwsAt)) {}

  [[nodiscard]] std::string_view name() const override { return "asking"; }

  [[nodiscard]] std::unique_ptr<Inquiry> inquire(
      const Transaction&, const Findings&) const override {
    if (throwsAt_ == "inquire") throw std::runtime_error("boom");
    return std::make_unique<ScriptedInquiry>(told_, throwsAt_);
  }

 private:
  std::string& told_;
  std::string throwsAt_;
};

}  // namespace

TEST_CASE("all inquiries are complete before the first is answered") {
  struct Row {
    std::string label;
    std::string throwsAt;
    std::string told;
    Verdict::Kind want;
  };

  const Row rows[] = {
      {"two inquiries",
       "",
       "a;a;b;b;complete;complete;answer;answer;",
       Verdict::Kind::Mark},
      {"one that cannot be begun defers", "inquire", "", Verdict::Kind::Defer},
      {"one that breaks on the way", "b", "a;a;", Verdict::Kind::Defer},
      {"at the end", "complete", "a;a;b;b;", Verdict::Kind::Defer},
      {"at the answer",
       "answer",
       "a;a;b;b;complete;complete;",
       Verdict::Kind::Defer},
  };
  const auto policy = policyOf();
  const auto message = messageOf(kPlainMail, envelopeOf("a@example.com", {}));
  const Transaction transaction(*policy, message.envelope(), kNow);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    std::string told;
    Chain::Checks checks;
    for (int i = 0; i < 2; ++i)
      checks.push_back(std::make_unique<AskingCheck>(told, row.throwsAt));
    const Chain chain(std::move(checks), {});
    Inspection inspection;
    CHECK_FALSE(chain.onEnvelope(transaction, inspection).final());
    inspection.bytes("a");
    inspection.bytes("b");
    CHECK(chain.onMessage(transaction, message, inspection).kind == row.want);
    CHECK(told == row.told);
  }
}

TEST_CASE("each edit works on what the one before it left") {
  const auto message = messageOf(kPlainMail, envelopeOf("a@example.com", {}));
  Draft draft(message);
  draft.changeContent({{},
                       {{"Subject", 1, " Changed"},
                        {"X-First", mail::HeaderChange::kTop, " 1"}}});
  const auto once = draft.message();
  REQUIRE(once);
  CHECK((*once)->bytes().starts_with("X-First: 1\r\nFrom: "));
  CHECK((*once)->header("Subject")->text() == "Changed");
  draft.changeContent(
      {{}, {{"X-First", 1, std::nullopt}, {"X-Last", 0, " 2"}}});
  const auto twice = draft.message();
  REQUIRE(twice);
  CHECK((*twice)->header("X-First") == nullptr);
  CHECK((*twice)->header("X-Last") != nullptr);
  RecordingMta mta;
  REQUIRE(draft.applyTo(mta));
  CHECK(mta.lines() == std::vector<std::string>{"header Subject 1: Changed",
                                                "^header X-First: 1",
                                                "-header X-First 1",
                                                "+header X-Last: 2"});
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
