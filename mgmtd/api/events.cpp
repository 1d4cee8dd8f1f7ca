// The event log, in pages.
#include "core/base/time_text.h"
#include "core/store/event_log.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

constexpr std::int64_t kPage = 500;
constexpr std::size_t kBytes = 700U << 10U;  // Of one answer, and some spare.
constexpr std::int64_t kForever = std::int64_t{1} << 52U;  // Milliseconds.

std::int64_t milliseconds(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             time.time_since_epoch())
      .count();
}

json toJson(const store::Event& event) {
  json trace = json::parse(event.trace, nullptr, false);
  if (trace.is_discarded()) trace = event.trace;
  return {{"id", event.id},
          {"time", utcText(event.time)},
          {"time_ms", milliseconds(event.time)},
          {"program", event.program},
          {"kind", event.kind},
          {"queue_id", event.queueId},
          {"trace_code", event.traceCode},
          {"client", event.client},
          {"login", event.login},
          {"sender", event.sender},
          {"recipients", event.recipients},
          {"message_id", event.messageId},
          {"subject", event.subject},
          {"size", event.size},
          {"verdict", event.verdict},
          {"reason", event.reason},
          {"reply", event.reply},
          {"trace", std::move(trace)}};
}

std::optional<TimePoint> moment(Fields& fields, const char* key) {
  const std::int64_t value = fields.number(key, -1, 0, kForever);
  if (value < 0) return std::nullopt;
  return TimePoint(std::chrono::milliseconds(value));
}

Result<json> list(const json& request, const Paths& paths) {
  Fields fields(request);
  store::EventQuery query;
  query.since = moment(fields, "since");
  query.until = moment(fields, "until");
  query.sender = fields.text("sender", "");
  query.recipient = fields.text("recipient", "");
  query.queueId = fields.text("queue_id", "");
  query.traceCode = fields.text("trace_code", "");
  query.verdict = fields.text("verdict", "");
  query.program = fields.text("program", "");
  query.text = fields.text("text", "");
  query.beforeId = fields.number("before", 0, 0, INT64_MAX);
  query.afterId = fields.number("after", 0, 0, INT64_MAX);
  query.limit = fields.number("limit", 100, 1, kPage);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto events = store::queryEvents(paths.logsDatabase(), query);
  json out = json::array();
  // A host that has logged nothing yet has no events.
  if (!events && events.error().code == ErrorCode::NotFound)
    return json{{"events", out}, {"more", false}};
  if (!events) return std::move(events).error();
  std::size_t bytes = 0;
  for (const auto& event : *events) {
    json one = toJson(event);
    bytes += one.dump(-1, ' ', false, json::error_handler_t::replace).size();
    if (bytes > kBytes && !out.empty()) break;
    out.push_back(std::move(one));
  }
  const bool more = out.size() < events->size() ||
                    static_cast<std::int64_t>(events->size()) == query.limit;
  return json{{"events", std::move(out)}, {"more", more}};
}

}  // namespace

void addEvents(Verbs& verbs, const Surroundings& around) {
  verbs["events"] = [paths = around.paths](const json& request,
                                           const std::string&) {
    return list(request, paths);
  };
}

}  // namespace mailreeve::api
