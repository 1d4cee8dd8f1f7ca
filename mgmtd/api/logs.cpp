// The mail log, the security log and traces.
#include <algorithm>
#include <set>

#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "core/store/mail_log_query.h"
#include "core/store/mail_trace.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"
#include "mgmtd/api/page.h"
#include "mgmtd/logs/trace.h"

namespace mailreeve::api {

namespace {

json toJson(const store::MailRecord& record) {
  return {{"id", record.id},
          {"time", utcText(record.time)},
          {"time_ms", toMilliseconds(record.time)},
          {"message_id", record.messageId},
          {"queue_id", record.queueId},
          {"trace_code", record.traceCode},
          {"client", record.client},
          {"login", record.login},
          {"sender", record.sender},
          {"recipient", record.recipient},
          {"subject", record.subject},
          {"size", record.size},
          {"status", record.status},
          {"attempts", record.attempts},
          {"relay", record.relay},
          {"detail", record.detail}};
}

json toJson(const store::SecurityRecord& record) {
  return {{"id", record.id},
          {"time", utcText(record.time)},
          {"time_ms", toMilliseconds(record.time)},
          {"type", record.type},
          {"verdict", record.verdict},
          {"source", record.source},
          {"sender", record.sender},
          {"recipient", record.recipient},
          {"subject", record.subject},
          {"event", record.event},
          {"program", record.program},
          {"queue_id", record.queueId},
          {"trace_code", record.traceCode}};
}

Result<json> mailLog(const json& request, const Paths& paths) {
  Fields fields(request);
  store::MailLogQuery query;
  query.since = fields.moment("since");
  query.until = fields.moment("until");
  query.sender = fields.text("sender", "");
  query.recipient = fields.text("recipient", "");
  query.subject = fields.text("subject", "");
  query.messageId = fields.text("message_id", "");
  query.queueId = fields.text("queue_id", "");
  query.status = fields.text("status", "");
  query.text = fields.text("text", "");
  query.beforeId = fields.number("before", 0, 0, INT64_MAX);
  query.limit = fields.number("limit", 100, 1, kMostRecords);
  if (auto good = fields.done(); !good) return std::move(good).error();
  return page("records",
              store::queryMailLog(paths.logsDatabase(), query),
              query.limit,
              toJson);
}

Result<json> securityLog(const json& request, const Paths& paths) {
  Fields fields(request);
  store::SecurityQuery query;
  query.since = fields.moment("since");
  query.until = fields.moment("until");
  query.type = fields.text("type", "");
  query.source = fields.text("source", "");
  query.sender = fields.text("sender", "");
  query.recipient = fields.text("recipient", "");
  query.subject = fields.text("subject", "");
  query.event = fields.text("event", "");
  query.text = fields.text("text", "");
  query.beforeId = fields.number("before", 0, 0, INT64_MAX);
  query.limit = fields.number("limit", 100, 1, kMostRecords);
  if (auto good = fields.done(); !good) return std::move(good).error();
  return page("records",
              store::querySecurity(paths.logsDatabase(), query),
              query.limit,
              toJson);
}

json toJson(const store::QueueRow& queue) {
  return {{"queue_id", queue.queueId},
          {"started", utcText(queue.started)},
          {"ended", queue.ended ? json(utcText(*queue.ended)) : json()},
          {"client", queue.client},
          {"login", queue.login},
          {"sender", queue.sender},
          {"message_id", queue.messageId},
          {"subject", queue.subject},
          {"size", queue.size},
          {"trace_code", queue.traceCode}};
}

json toJson(const logs::TraceStep& step) {
  json out{{"time", utcText(step.time)},
           {"time_ms", toMilliseconds(step.time)},
           {"program", step.program},
           {"kind", step.kind},
           {"queue_id", step.queueId},
           {"recipient", step.recipient},
           {"trace_code", step.traceCode},
           {"says", step.says}};
  const json steps = json::parse(step.steps, nullptr, false);
  if (steps.is_array()) out["steps"] = steps;
  return out;
}

json toJson(const logs::TraceOutcome& outcome) {
  return {{"queue_id", outcome.queueId},
          {"recipient", outcome.recipient},
          {"state", outcome.state},
          {"says", outcome.says}};
}

template <class Part>
json listOf(const std::vector<Part>& parts) {
  json out = json::array();
  for (const auto& part : parts) out.push_back(toJson(part));
  return out;
}

std::string queueIdOf(const logs::Trace& trace, std::int64_t id) {
  for (const auto& message : trace.messages)
    if (message.id == id) return message.queueId;
  return "";
}

Result<json> trace(const json& request, const Paths& paths) {
  Fields fields(request);
  const std::string id = fields.text("id");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto positions = store::logPositions(paths.logsDatabase());
  if (!positions && positions.error().code == ErrorCode::NotFound)
    return Error{ErrorCode::NotFound,
                 "no log was collected yet; mgmtd does that while it runs"};
  if (!positions) return std::move(positions).error();
  auto rows = store::gatherTrace(paths.logsDatabase(), id);
  if (!rows) return std::move(rows).error();
  const auto found = logs::traceOf(*rows, *positions);
  json links = json::array();
  for (const auto& link : found.links)
    links.push_back({{"from", queueIdOf(found, link.parent)},
                     {"to", queueIdOf(found, link.child)},
                     {"how", link.how}});
  return json{{"messages", listOf(found.messages)},
              {"links", std::move(links)},
              {"steps", listOf(found.steps)},
              {"outcomes", listOf(found.outcomes)},
              {"unknown", found.unknown}};
}

// What the mail log, the security log and a search cannot tell.
Result<json> unreadLogs(const json& request, const Paths& paths) {
  Fields fields(request);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto positions = store::logPositions(paths.logsDatabase());
  if (!positions && positions.error().code == ErrorCode::NotFound)
    positions = std::vector<store::LogPosition>();
  if (!positions) return std::move(positions).error();
  return json{{"unknown", logs::unreadLogs(*positions)}};
}

json candidate(TimePoint time,
               const std::string& id,
               const std::string& client,
               const std::string& sender,
               const std::string& recipient,
               const std::string& says) {
  return {{"time", utcText(time)},
          {"time_ms", toMilliseconds(time)},
          {"id", id},
          {"client", client},
          {"sender", sender},
          {"recipient", recipient},
          {"says", says}};
}

// What became of it, in a few words: "a@x delivered, b@x waiting".
void addOutcomes(json& found,
                 const std::filesystem::path& database,
                 const store::QueueRow& queue) {
  auto records = store::queryMailLog(
      database,
      {.since = queue.started, .queueId = queue.queueId, .limit = 20});
  std::string recipients;
  std::string says;
  if (records)
    for (auto one = records->rbegin(); one != records->rend(); ++one) {
      recipients += (recipients.empty() ? "" : ", ") + one->recipient;
      says += (says.empty() ? "" : ", ") + one->status;
    }
  if (says.empty())
    says = queue.recipients > 0 ? "in the queue" : "not taken over";
  found = candidate(queue.started,
                    queue.queueId,
                    queue.client,
                    queue.sender,
                    recipients,
                    says);
}

Result<json> findTraces(const json& request, const Paths& paths) {
  Fields fields(request);
  store::TraceQuery query;
  query.since = fields.moment("since");
  query.until = fields.moment("until");
  query.sender = fields.text("sender", "");
  query.recipient = fields.text("recipient", "");
  query.client = fields.text("client", "");
  query.limit = fields.number("limit", 100, 1, kMostRecords);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto found = store::findTraces(paths.logsDatabase(), query);
  if (!found && found.error().code == ErrorCode::NotFound)
    return json{{"messages", json::array()}};
  if (!found) return std::move(found).error();
  std::vector<json> out;
  std::set<std::string> known;
  for (const auto& queue : found->queues) {
    known.insert(queue.queueId);
    addOutcomes(out.emplace_back(), paths.logsDatabase(), queue);
  }
  for (const auto& event : found->events) {
    if (event.verdict == "pass" || known.contains(event.queueId)) continue;
    known.insert(event.traceCode);
    out.push_back(
        candidate(event.time,
                  event.traceCode,
                  event.client,
                  event.sender,
                  event.recipients.empty() ? "" : event.recipients.front(),
                  event.verdict + ": " + event.reason));
  }
  for (const auto& line : found->lines)
    if (line.traceCode.empty() || !known.contains(line.traceCode))
      out.push_back(candidate(line.time,
                              line.traceCode,
                              line.client,
                              line.sender,
                              line.recipient,
                              line.text));
  // Each list has the newest first; what has one time stays in its order.
  std::reverse(out.begin(), out.end());
  std::stable_sort(out.begin(), out.end(), [](const json& a, const json& b) {
    return a["time_ms"] < b["time_ms"];
  });
  const auto limit = static_cast<std::size_t>(query.limit);
  if (out.size() > limit)
    out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(limit));
  return json{{"messages", std::move(out)}};
}

}  // namespace

void addLogs(Verbs& verbs, const Surroundings& around) {
  const Paths paths = around.paths;
  verbs["mail_log"] = [paths](const json& request, const std::string&) {
    return mailLog(request, paths);
  };
  verbs["security_log"] = [paths](const json& request, const std::string&) {
    return securityLog(request, paths);
  };
  verbs["trace"] = [paths](const json& request, const std::string&) {
    return trace(request, paths);
  };
  verbs["unread_logs"] = [paths](const json& request, const std::string&) {
    return unreadLogs(request, paths);
  };
  verbs["find_traces"] = [paths](const json& request, const std::string&) {
    return findTraces(request, paths);
  };
}

}  // namespace mailreeve::api
