#include "policyd/report.h"

#include "core/base/json_text.h"

namespace mailreeve::policyd {

namespace {

std::string traceJson(const Outcome& outcome) {
  std::string out = "[";
  for (const Step& step : outcome.steps) {
    if (out.size() > 1) out += ',';
    out += R"({"saw":)" + jsonText(step.saw) + R"(,"says":)" +
           jsonText(step.says) + R"(,"step":)" + jsonText(step.rule) +
           R"(,"us":)" + std::to_string(step.took.count()) + '}';
  }
  return out + ']';
}

}  // namespace

std::string logLine(const Request& request,
                    const Outcome& outcome,
                    const std::string& traceCode) {
  std::string line(name(outcome.answer.kind));
  const auto add = [&line](std::string_view before, std::string_view text) {
    line += before;
    line += text;
  };
  add(": ", outcome.rule);
  add(": ", outcome.reason);
  add(", from=<", request.sender);
  add("> to=<", request.recipient);
  add("> client=", request.clientAddress);
  if (!request.saslUsername.empty()) add(" login=", request.saslUsername);
  if (!request.queueId.empty()) add(" queue_id=", request.queueId);
  add(", reference ", traceCode);
  return line;
}

store::Event eventOf(const Request& request,
                     const Outcome& outcome,
                     const std::string& traceCode,
                     TimePoint now) {
  store::Event event;
  event.time = now;
  event.program = "policyd";
  event.kind = "recipient";
  event.queueId = request.queueId;
  event.traceCode = traceCode;
  event.client = request.clientAddress;
  event.login = request.saslUsername;
  event.sender = request.sender;
  event.recipients = {std::string(request.recipient)};
  event.verdict = name(outcome.answer.kind);
  event.reason = std::string(outcome.rule) + ": " + outcome.reason;
  event.reply = replyText(outcome.answer, traceCode);
  event.trace = traceJson(outcome);
  return event;
}

}  // namespace mailreeve::policyd
