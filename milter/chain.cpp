#include "milter/chain.h"

#include <exception>
#include <string>

namespace mailreeve::milter {

namespace {

template <class Step, class Ask>
Result<Verdict> guarded(const Step& step, const Ask& ask) {
  try {
    return ask(step);
  } catch (const std::exception& e) {
    return Error{ErrorCode::Internal, e.what()};
  } catch (...) {
    return Error{ErrorCode::Internal, "an exception of unknown type"};
  }
}

// A step that has nothing to say about this stage leaves no line.
bool worthALine(const Verdict& verdict) {
  return verdict.kind != Verdict::Kind::Pass || !verdict.reason.empty();
}

template <class Steps, class Ask>
Verdict run(const Steps& steps, Trace& trace, const Ask& ask) {
  using Clock = std::chrono::steady_clock;
  Verdict worst = Verdict::pass();
  for (const auto& step : steps) {
    const auto start = Clock::now();
    auto answer = guarded(*step, ask);
    Verdict verdict = answer ? std::move(*answer)
                             : Verdict::defer(std::string(step->name()) + ": " +
                                              answer.error().what);
    if (worthALine(verdict))
      trace.push_back({std::string(step->name()),
                       verdict.kind,
                       verdict.reason,
                       std::chrono::duration_cast<std::chrono::microseconds>(
                           Clock::now() - start)});
    if (verdict.kind > worst.kind) worst = std::move(verdict);
    if (worst.final()) break;
  }
  return worst;
}

}  // namespace

Verdict Chain::onEnvelope(const Transaction& transaction, Trace& trace) const {
  return run(checks_, trace, [&](const Check& check) {
    return check.onEnvelope(transaction);
  });
}

Verdict Chain::onMessage(const Transaction& transaction,
                         const mail::Message& message,
                         Trace& trace) const {
  return run(checks_, trace, [&](const Check& check) {
    return check.onMessage(transaction, message);
  });
}

Verdict Chain::edit(const Transaction& transaction,
                    const mail::Message& message,
                    Draft& draft,
                    Trace& trace) const {
  return run(edits_, trace, [&](const Edit& edit) {
    return edit.propose(transaction, message, draft);
  });
}

}  // namespace mailreeve::milter
