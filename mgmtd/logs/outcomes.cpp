// What became of a message, for each recipient.
#include <algorithm>
#include <map>
#include <utility>

#include "core/base/text.h"
#include "mgmtd/logs/trace.h"

namespace mailreeve::logs {

namespace {

using store::LineRow;
using store::QueueRow;
using store::TraceRows;

// The words in the last brackets of a delivery: what the other side said.
std::string answerOf(const std::string& text) {
  const auto status = text.find("status=");
  const auto from = text.find('(', status == std::string::npos ? 0 : status);
  if (from == std::string::npos || !text.ends_with(')')) return text;
  return text.substr(from + 1, text.size() - from - 2);
}

std::string relayOf(const std::string& text) {
  const auto from = text.find(", relay=");
  if (from == std::string::npos) return "another server";
  const auto start = from + 8;
  return text.substr(start, text.find(", ", start) - start);
}

bool endsWith(const std::string& program, std::string_view service) {
  return program.ends_with(service);
}

class Judgement {
 public:
  explicit Judgement(const TraceRows& rows) : rows_(rows) {}

  std::vector<TraceOutcome> all();

 private:
  void judge(const QueueRow& queue);
  void judgeDeliveries(const QueueRow& queue);
  void judgeLost(const QueueRow& queue);
  TraceOutcome ofDelivery(const QueueRow& queue, const LineRow& line) const;
  TraceOutcome ofDovecot(TraceOutcome outcome, const LineRow& line) const;
  bool wasRefused(const QueueRow& queue);
  const store::Event* eventOf(const QueueRow& queue) const;
  void judgeWithoutQueue();
  void add(const QueueRow& queue,
           const std::string& recipient,
           std::string state,
           std::string says);

  const TraceRows& rows_;
  std::vector<TraceOutcome> outcomes_;
};

void Judgement::add(const QueueRow& queue,
                    const std::string& recipient,
                    std::string state,
                    std::string says) {
  outcomes_.push_back(
      {queue.queueId, recipient, std::move(state), std::move(says)});
}

// milterd's word about the message, if it was kept.
const store::Event* Judgement::eventOf(const QueueRow& queue) const {
  for (const auto& event : rows_.events)
    if (event.kind == "message" && event.queueId == queue.queueId)
      return &event;
  return nullptr;
}

// Dovecot answers Postfix before it says what it did, and the answer is the
// same whatever that was: only its own lines tell.
TraceOutcome Judgement::ofDovecot(TraceOutcome outcome,
                                  const LineRow& line) const {
  std::map<std::string, std::string> said;
  for (const auto& other : rows_.lines)
    if (other.program.starts_with("dovecot/") && !line.session.empty() &&
        other.session == line.session)
      said.emplace(other.kind, other.text);
  const auto found = [&](const char* kind, const char* state) {
    const auto at = said.find(kind);
    if (at == said.end()) return false;
    outcome.state = state;
    outcome.says = at->second;
    return true;
  };
  if (found("stored", "delivered")) {
    if (said.contains("forwarded"))
      outcome.says += "; and " + said["forwarded"];
    return outcome;
  }
  if (found("forwarded", "forwarded") || found("sieve-reject", "sent back"))
    return outcome;
  if (found("sieve-discard", "discarded")) {
    outcome.says = "by the recipient's own rules: " + outcome.says;
    return outcome;
  }
  outcome.state = "unknown";
  outcome.says =
      "Dovecot took it; what it did with it is not known, because no line of "
      "Dovecot about it was collected";
  return outcome;
}

TraceOutcome Judgement::ofDelivery(const QueueRow& queue,
                                   const LineRow& line) const {
  TraceOutcome outcome{queue.queueId, line.recipient, "", answerOf(line.text)};
  if (line.status == "sent") {
    if (endsWith(line.program, "/lmtp"))
      return ofDovecot(std::move(outcome), line);
    if (endsWith(line.program, "/discard")) {
      outcome.state = "discarded";
      return outcome;
    }
    const bool away = endsWith(line.program, "/smtp");
    outcome.state = away ? "sent" : "delivered";
    if (away)
      outcome.says =
          "to " + relayOf(line.text) + ", which said: " + outcome.says;
    return outcome;
  }
  if (line.status == "deferred" && !queue.ended) {
    outcome.state = "waiting";
  } else if (line.status == "deferred") {
    outcome.state = "unknown";
    outcome.says = "the last attempt failed (" + outcome.says +
                   "), and the message has left the queue since";
  } else {
    outcome.state = "failed";
  }
  return outcome;
}

// The last attempt for each mailbox counts.
void Judgement::judgeDeliveries(const QueueRow& queue) {
  std::vector<const LineRow*> last;
  for (const auto& line : rows_.lines) {
    if (line.queue != queue.id || line.kind != "delivery") continue;
    const auto same =
        std::find_if(last.begin(), last.end(), [&](const LineRow* other) {
          return equalsIgnoringCase(other->recipient, line.recipient);
        });
    if (same == last.end())
      last.push_back(&line);
    else
      *same = &line;
  }
  for (const auto* line : last) outcomes_.push_back(ofDelivery(queue, *line));
}

// Of the recipients that milterd saw, those that no delivery tells about:
// Postfix may have put others in their places.
void Judgement::judgeLost(const QueueRow& queue) {
  const auto* event = eventOf(queue);
  if (event == nullptr || !queue.ended) return;
  for (const auto& recipient : event->recipients) {
    const bool told = std::any_of(
        rows_.lines.begin(), rows_.lines.end(), [&](const LineRow& line) {
          return line.queue == queue.id && line.kind == "delivery" &&
                 (equalsIgnoringCase(line.recipient, recipient) ||
                  line.text.find("orig_to=<" + recipient + ">") !=
                      std::string::npos);
        });
    if (!told)
      add(queue,
          recipient,
          "unknown",
          "no delivery was logged; milterd may have taken the recipient off: "
          "see its steps");
  }
}

// Whether the message as a whole was refused or thrown away.
bool Judgement::wasRefused(const QueueRow& queue) {
  const auto* event = eventOf(queue);
  if (event != nullptr && event->verdict == "quarantine") {
    for (const auto& recipient : event->recipients)
      add(queue, recipient, "quarantined", event->reason);
    return true;
  }
  bool whole = false;
  for (const auto& line : rows_.lines) {
    if (line.queue != queue.id) continue;
    if (line.kind == "rejected")
      add(queue,
          line.recipient,
          line.status == "defer" ? "deferred" : "rejected",
          line.text);
    if (line.kind == "discarded")
      add(queue, line.recipient, "discarded", line.text);
    if (line.kind == "discarded" ||
        (line.kind == "rejected" && line.text.starts_with("milter-reject")))
      whole = true;
  }
  return whole;
}

void Judgement::judge(const QueueRow& queue) {
  const auto before = outcomes_.size();
  if (wasRefused(queue)) return;
  judgeDeliveries(queue);
  judgeLost(queue);
  if (outcomes_.size() > before) return;
  if (queue.recipients > 0 && !queue.ended)
    add(queue, "", "waiting", "in the queue; no attempt was logged yet");
  else if (queue.recipients == 0)
    add(queue,
        "",
        "unknown",
        "the message did not come whole: the client went away, or lines are "
        "missing");
  else
    add(queue,
        "",
        "unknown",
        "it has left the queue, and no delivery was logged");
}

// Refused before there was a queue file.
void Judgement::judgeWithoutQueue() {
  for (const auto& line : rows_.lines)
    if (line.queue == 0 && line.kind == "rejected")
      outcomes_.push_back({"",
                           line.recipient,
                           line.status == "defer" ? "deferred" : "rejected",
                           line.text});
  if (!outcomes_.empty()) return;
  for (const auto& event : rows_.events)
    for (const auto& recipient : event.recipients)
      outcomes_.push_back(
          {event.queueId,
           recipient,
           event.verdict == "pass" ? "unknown" : event.verdict + "ed",
           event.reason});
}

std::vector<TraceOutcome> Judgement::all() {
  for (const auto& queue : rows_.queues) judge(queue);
  if (rows_.queues.empty()) judgeWithoutQueue();
  return std::move(outcomes_);
}

}  // namespace

std::vector<TraceOutcome> outcomesOf(const TraceRows& rows) {
  return Judgement(rows).all();
}

}  // namespace mailreeve::logs
