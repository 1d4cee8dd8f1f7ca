#include "milter/chain.h"

#include <algorithm>
#include <exception>
#include <string>

namespace mailreeve::milter {

namespace {

template <class Ask>
auto guarded(const Ask& ask) -> decltype(ask()) {
  try {
    return ask();
  } catch (const std::exception& e) {
    return Error{ErrorCode::Internal, e.what()};
  } catch (...) {
    return Error{ErrorCode::Internal, "an exception of unknown type"};
  }
}

Result<Verdict> notAsked() {
  return Verdict::pass();
}

// A step that has nothing to say about this stage leaves no line.
bool worthALine(const Verdict& verdict) {
  return verdict.kind != Verdict::Kind::Pass || !verdict.reason.empty();
}

template <class Steps, class Ask>
Verdict run(const Steps& steps, Trace& trace, const Ask& ask) {
  using Clock = std::chrono::steady_clock;
  Verdict worst = Verdict::pass();
  for (std::size_t i = 0; i < steps.size() && !worst.final(); ++i) {
    const auto& step = *steps[i];
    const auto start = Clock::now();
    auto answer = guarded([&] { return ask(step, i); });
    Verdict verdict = answer ? std::move(*answer)
                             : Verdict::defer(std::string(step.name()) + ": " +
                                              answer.error().what);
    if (worthALine(verdict))
      trace.push_back({std::string(step.name()),
                       verdict.kind,
                       verdict.reason,
                       std::chrono::duration_cast<std::chrono::microseconds>(
                           Clock::now() - start)});
    if (verdict.kind > worst.kind) worst = std::move(verdict);
  }
  return worst;
}

bool spares(const Check& check, const Transaction& transaction) {
  return transaction.report && check.judgesContent();
}

// A release waives one verdict and sharpens others. What was judged when it
// came in is only looked at.
Result<Verdict> judged(const Transaction& transaction,
                       const Check& check,
                       Result<Verdict> verdict) {
  if (transaction.handling != Handling::Judged)
    return Verdict::pass(verdict ? verdict->reason : verdict.error().what);
  if (!transaction.released || !verdict) return verdict;
  return forRelease(*transaction.released, check.name(), *std::move(verdict));
}

// An edit that would hold or discard what is released refuses it, as a check
// does.
Result<Verdict> proposed(const Transaction& transaction,
                         const Edit& edit,
                         Result<Verdict> verdict) {
  if (!transaction.released || !verdict) return verdict;
  return forRelease(*transaction.released, edit.name(), *std::move(verdict));
}

// Stands for an inquiry that could not even be begun.
class NotBegun final : public Inquiry {
 public:
  explicit NotBegun(Error error) : error_(std::move(error)) {}

  [[nodiscard]] Result<Verdict> answer(const Transaction&,
                                       const mail::Message&,
                                       Findings&) override {
    return error_;
  }

 private:
  Error error_;
};

std::unique_ptr<Inquiry> begin(const Check& check,
                               const Transaction& transaction,
                               const Findings& findings) {
  if (!check.concerns(transaction.handling) || spares(check, transaction))
    return nullptr;
  auto begun = guarded([&]() -> Result<std::unique_ptr<Inquiry>> {
    return check.inquire(transaction, findings);
  });
  if (begun) return *std::move(begun);
  return std::make_unique<NotBegun>(std::move(begun).error());
}

template <class Steps>
bool anyNeedsBody(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const auto& step) {
    return step->needsBody();
  });
}

}  // namespace

bool Chain::needsBody() const {
  return anyNeedsBody(checks_) || anyNeedsBody(edits_);
}

Verdict Chain::onEnvelope(const Transaction& transaction,
                          Inspection& inspection) const {
  auto verdict =
      run(checks_, inspection.trace, [&](const Check& check, std::size_t) {
        if (!check.concerns(transaction.handling) || spares(check, transaction))
          return notAsked();
        return judged(transaction,
                      check,
                      check.onEnvelope(transaction, inspection.findings));
      });
  if (verdict.final()) return verdict;
  for (const auto& check : checks_)
    inspection.inquiries.push_back(
        begin(*check, transaction, inspection.findings));
  return verdict;
}

Verdict Chain::onMessage(const Transaction& transaction,
                         const mail::Message& message,
                         Inspection& inspection) const {
  inspection.complete(message);
  auto verdict =
      run(checks_, inspection.trace, [&](const Check& check, std::size_t i) {
        if (!check.concerns(transaction.handling)) return notAsked();
        if (spares(check, transaction))
          return Result(Verdict::pass("not asked about a report of spam"));
        if (i < inspection.inquiries.size() && inspection.inquiries[i])
          return judged(transaction,
                        check,
                        inspection.inquiries[i]->answer(
                            transaction, message, inspection.findings));
        return judged(
            transaction,
            check,
            check.onMessage(transaction, message, inspection.findings));
      });
  inspection.inquiries.clear();
  return verdict;
}

Verdict Chain::edit(const Transaction& transaction,
                    Inspection& inspection,
                    Draft& draft) const {
  return run(edits_, inspection.trace, [&](const Edit& edit, std::size_t) {
    if (!edit.concerns(transaction.handling) ||
        (transaction.released && !edit.forReleased(*transaction.released)))
      return notAsked();
    return proposed(transaction,
                    edit,
                    edit.propose(transaction, inspection.findings, draft));
  });
}

}  // namespace mailreeve::milter
