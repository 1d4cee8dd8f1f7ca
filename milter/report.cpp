#include "milter/report.h"

#include <utility>

#include "core/base/json_text.h"

namespace mailreeve::milter {

namespace {

// By hand: a tree of JSON values costs several times as much, for each message.
std::string asJson(const Trace& trace) {
  std::string out = "[";
  for (const auto& line : trace) {
    if (out.size() > 1) out += ',';
    out += R"({"saw":)" + jsonText(line.saw) + R"(,"says":)" +
           jsonText(name(line.says)) + R"(,"step":)" + jsonText(line.step) +
           R"(,"us":)" + std::to_string(line.took.count()) + '}';
  }
  return out + ']';
}

std::string asText(const Reply& reply) {
  return std::to_string(reply.code) + " " + reply.enhanced + " " + reply.text;
}

}  // namespace

std::string Report::reason() const {
  std::string out =
      verdict.kind == Verdict::Kind::Mark ? verdict.reason : std::string();
  const std::size_t first =
      verdict.final() && !trace.empty() ? trace.size() - 1 : checkLines;
  for (std::size_t i = first; i < trace.size(); ++i) {
    if (!out.empty()) out += "; ";
    out += trace[i].step;
    out += ": ";
    out += trace[i].saw;
  }
  // What the chain said could not be done.
  if (verdict.final() && !trace.empty() && trace.back().says != verdict.kind)
    out += "; " + verdict.reason;
  return out.empty() ? verdict.reason : out;
}

std::string Report::logLine() const {
  std::string out =
      envelope.queueId.empty() ? std::string("NOQUEUE") : envelope.queueId;
  out += ": trace=" + code;
  out += ", client=" + envelope.clientAddress;
  if (!envelope.login.empty()) out += ", login=" + envelope.login;
  out += ", from=<" + envelope.mailFrom + ">";
  out += ", rcpts=" + std::to_string(envelope.recipients.size());
  out += ", size=" + std::to_string(size);
  out += ", verdict=";
  out += name(verdict.kind);
  if (!quarantineId.empty()) out += ", quarantine=" + quarantineId;
  if (const std::string why = reason(); !why.empty()) out += ", reason=" + why;
  return out;
}

store::Event Report::event() && {
  store::Event event;
  event.time = at;
  event.program = "milterd";
  event.kind = "message";
  event.verdict = name(verdict.kind);
  event.reason = reason();
  if (verdict.refuses()) event.reply = asText(verdict.reply);
  event.trace = asJson(trace);
  event.queueId = std::move(envelope.queueId);
  event.traceCode = std::move(code);
  event.client = std::move(envelope.clientAddress);
  event.login = std::move(envelope.login);
  event.sender = std::move(envelope.mailFrom);
  event.recipients = std::move(envelope.recipients);
  event.messageId = std::move(messageId);
  event.subject = std::move(subject);
  event.dmarc = std::move(dmarc);
  event.size = static_cast<std::int64_t>(size);
  return event;
}

}  // namespace mailreeve::milter
