// The event log, in pages.
#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "core/store/event_log.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"
#include "mgmtd/api/page.h"

namespace mailreeve::api {

namespace {

json toJson(const store::Event& event) {
  json trace = json::parse(event.trace, nullptr, false);
  if (trace.is_discarded()) trace = event.trace;
  return {{"id", event.id},
          {"time", utcText(event.time)},
          {"time_ms", toMilliseconds(event.time)},
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

Result<json> list(const json& request, const Paths& paths) {
  Fields fields(request);
  store::EventQuery query;
  query.since = fields.moment("since");
  query.until = fields.moment("until");
  query.sender = fields.text("sender", "");
  query.recipient = fields.text("recipient", "");
  query.queueId = fields.text("queue_id", "");
  query.traceCode = fields.text("trace_code", "");
  query.verdict = fields.text("verdict", "");
  query.program = fields.text("program", "");
  query.text = fields.text("text", "");
  query.beforeId = fields.number("before", 0, 0, INT64_MAX);
  query.afterId = fields.number("after", 0, 0, INT64_MAX);
  query.limit = fields.number("limit", 100, 1, kMostRecords);
  if (auto good = fields.done(); !good) return std::move(good).error();
  return page("events",
              store::queryEvents(paths.logsDatabase(), query),
              query.limit,
              toJson);
}

}  // namespace

void addEvents(Verbs& verbs, const Surroundings& around) {
  verbs["events"] = [paths = around.paths](const json& request,
                                           const std::string&) {
    return list(request, paths);
  };
}

}  // namespace mailreeve::api
