#include "mgmtd/logs/trace.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace mailreeve::logs {

namespace {

using store::LineRow;
using store::TraceRows;

// In what order things happen within one second, where a log tells no more.
int rankOf(const std::string& program, const std::string& kind) {
  if (program == "policyd" || kind == "connection") return 0;
  if (kind == "accepted") return 1;
  if (kind == "message-id") return 2;
  if (kind == "verdict" || kind == "message") return 3;
  if (kind == "rejected" || kind == "discarded" || kind == "held") return 4;
  if (kind == "queued") return 5;
  if (program.starts_with("dovecot/")) return 6;
  if (kind == "delivery") return 7;
  if (kind == "linked") return 8;
  return 9;
}

// A step with what it is sorted by.
struct Placed {
  TraceStep step;
  std::size_t queue = 0;  // Which of the messages.
  int rank = 0;
};

std::vector<Placed> placedSteps(const TraceRows& rows) {
  std::map<std::int64_t, std::size_t> place;
  std::map<std::int64_t, std::string> queueIds;
  std::map<std::string, std::size_t> placeOfId;
  for (std::size_t i = 0; i < rows.queues.size(); ++i) {
    place[rows.queues[i].id] = i;
    placeOfId[rows.queues[i].queueId] = i;
    queueIds[rows.queues[i].id] = rows.queues[i].queueId;
  }
  std::map<std::string, std::int64_t> queueOfSession;
  std::set<std::string> told;  // Trace codes whose events are there.
  for (const auto& event : rows.events) told.insert(event.traceCode);
  for (const auto& line : rows.lines)
    if (line.queue != 0 && !line.session.empty())
      queueOfSession[line.session] = line.queue;

  std::vector<Placed> placed;
  for (const auto& line : rows.lines) {
    // The event of the same code says more.
    if (line.kind == "verdict" && told.contains(line.traceCode)) continue;
    std::int64_t queue = line.queue;
    if (queue == 0 && queueOfSession.contains(line.session))
      queue = queueOfSession[line.session];
    Placed one;
    one.step = {line.time,
                line.program,
                queue == 0 ? std::string() : queueIds[queue],
                line.kind,
                line.recipient,
                line.text,
                line.traceCode,
                {}};
    one.queue = queue == 0 ? 0 : place[queue];
    one.rank = rankOf(line.program, line.kind);
    placed.push_back(std::move(one));
  }
  for (const auto& event : rows.events) {
    Placed one;
    std::string says = event.verdict;
    if (!event.reason.empty()) says += ": " + event.reason;
    if (!event.reply.empty()) says += "; the client was told: " + event.reply;
    one.step = {event.time,
                event.program,
                event.queueId,
                event.kind,
                event.kind == "recipient" && !event.recipients.empty()
                    ? event.recipients.front()
                    : std::string(),
                std::move(says),
                event.traceCode,
                event.trace};
    one.queue =
        placeOfId.contains(event.queueId) ? placeOfId[event.queueId] : 0;
    one.rank = rankOf(event.program, event.kind);
    placed.push_back(std::move(one));
  }
  return placed;
}

std::vector<TraceStep> stepsOf(const TraceRows& rows) {
  auto placed = placedSteps(rows);
  // One log that counts whole seconds spoils the order of all.
  const bool exact = std::all_of(
      rows.lines.begin(), rows.lines.end(), [](const LineRow& line) {
        return line.exact;
      });
  const auto key = [exact](const Placed& one) {
    using std::chrono::floor;
    return std::tuple(
        exact ? one.step.time
              : TimePoint(floor<std::chrono::seconds>(one.step.time)),
        exact ? std::size_t{0} : one.queue,
        exact ? 0 : one.rank);
  };
  std::stable_sort(
      placed.begin(), placed.end(), [&](const Placed& a, const Placed& b) {
        return key(a) < key(b);
      });
  std::vector<TraceStep> steps;
  steps.reserve(placed.size());
  for (auto& one : placed) steps.push_back(std::move(one.step));
  return steps;
}

std::vector<std::string> unknownOf(
    const TraceRows& rows, const std::vector<store::LogPosition>& positions) {
  auto unknown = unreadLogs(positions);
  if (rows.otherUses > 0)
    unknown.push_back(
        "whether you meant an earlier message: this queue id was "
        "used " +
        std::to_string(rows.otherUses) +
        " times before, and the latest is shown");
  for (const auto& queue : rows.queues) {
    const bool judged = std::any_of(
        rows.events.begin(), rows.events.end(), [&](const store::Event& event) {
          return event.program == "milterd" && event.queueId == queue.queueId;
        });
    if (!judged && !queue.client.empty())
      unknown.push_back("what milterd decided about " + queue.queueId +
                        ": it left no event");
  }
  if (rows.cut)
    unknown.emplace_back("everything: there is more than can be shown");
  return unknown;
}

// Postfix names sender and size when it queues a message. Of one that it never
// came to queue milterd knows them.
std::vector<store::QueueRow> messagesOf(const TraceRows& rows) {
  auto messages = rows.queues;
  for (auto& message : messages) {
    if (message.recipients > 0) continue;
    for (const auto& event : rows.events) {
      if (event.program != "milterd" || event.queueId != message.queueId)
        continue;
      message.sender = event.sender;
      message.size = event.size;
    }
  }
  return messages;
}

}  // namespace

std::vector<std::string> unreadLogs(
    const std::vector<store::LogPosition>& positions) {
  if (positions.empty())
    return {
        "what Postfix and Dovecot did: no log file is followed "
        "(logging.files)"};
  std::vector<std::string> unread;
  for (const auto& position : positions)
    if (!position.problem.empty())
      unread.push_back("what stands in a log that cannot be read: " +
                       position.problem);
  return unread;
}

Trace traceOf(const TraceRows& rows,
              const std::vector<store::LogPosition>& positions) {
  return {messagesOf(rows),
          rows.links,
          stepsOf(rows),
          outcomesOf(rows),
          unknownOf(rows, positions)};
}

}  // namespace mailreeve::logs
