#include "policyd/rule_list.h"

#include <exception>

#include "core/base/coarse_clock.h"

namespace mailreeve::policyd {

namespace {

Result<Opinion> guarded(const Rule& rule, const Question& question) {
  try {
    return rule.decide(question);
  } catch (const std::exception& e) {
    return Error{ErrorCode::Internal, e.what()};
  }
}

Opinion opinionOf(const Rule& rule, const Question& question) {
  auto answer = guarded(rule, question);
  if (answer) return *std::move(answer);
  return {Answer::defer(), "cannot decide: " + answer.error().what};
}

}  // namespace

std::string text(const Step& step) {
  std::string out(step.rule);
  out += ": ";
  out += step.says;
  if (!step.saw.empty()) {
    out += ", ";
    out += step.saw;
  }
  out += " (" + std::to_string(step.took.count()) + " us)";
  return out;
}

Question RuleList::questionOf(const Request& request, TimePoint at) const {
  const bool outbound =
      policy_->isOutbound(request.saslUsername, request.clientAddress);
  Question question{request,
                    lists_->subject(request.clientAddress,
                                    request.sender,
                                    request.recipient,
                                    outbound,
                                    at),
                    request.saslUsername,
                    outbound};
  if (outbound && request.saslUsername.empty() &&
      policy_->domainOf(question.subject.sender.domain()) != nullptr)
    question.user = request.sender;
  return question;
}

Outcome RuleList::judge(const Request& request, TimePoint at) const {
  return ask<CoarseClock>(request, at);
}

Outcome RuleList::judgeTimed(const Request& request, TimePoint at) const {
  return ask<std::chrono::steady_clock>(request, at);
}

template <class Ticks>
Outcome RuleList::ask(const Request& request, TimePoint at) const {
  Outcome outcome;
  if (request.protocolState != "RCPT") return outcome;
  const Question question = questionOf(request, at);
  outcome.steps.reserve(rules_.size());
  auto start = Ticks::now();
  for (const auto& rule : rules_) {
    Opinion opinion = opinionOf(*rule, question);
    const auto end = Ticks::now();
    outcome.steps.push_back(
        {rule->name(),
         opinion.answer ? name(opinion.answer->kind) : "no opinion",
         std::move(opinion.saw),
         std::chrono::duration_cast<std::chrono::microseconds>(end - start)});
    start = end;
    if (!opinion.answer) continue;
    outcome.answer = *opinion.answer;
    outcome.rule = rule->name();
    outcome.reason = outcome.steps.back().saw;
    outcome.entry = opinion.entry;
    break;
  }
  return outcome;
}

}  // namespace mailreeve::policyd
