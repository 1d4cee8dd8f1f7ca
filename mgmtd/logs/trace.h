// One time line of a message, and what became of it for each recipient.
//
// It says no more than what is known: a message that Dovecot took is not yet in
// a mailbox, and one that a script threw away was not delivered.
#pragma once

#include <string>
#include <vector>

#include "core/store/mail_trace.h"

namespace mailreeve::logs {

struct TraceStep {
  TimePoint time;
  std::string program;
  std::string queueId;
  std::string kind;
  std::string recipient;
  std::string says;  // What the program said.
  std::string traceCode;
  std::string steps;  // JSON text of milterd's or policyd's own steps.
};

struct TraceOutcome {
  std::string queueId;
  std::string recipient;
  std::string state;  // delivered, sent, forwarded, discarded, rejected,
                      // quarantined, sent back, waiting, failed, unknown
  std::string says;
};

struct Trace {
  std::vector<store::QueueRow> messages;
  std::vector<store::LinkRow> links;
  std::vector<TraceStep> steps;  // In the order of their times.
  std::vector<TraceOutcome> outcomes;
  std::vector<std::string> unknown;  // What is not known, and why.
};

// `positions` tell which logs cannot be read.
[[nodiscard]] Trace traceOf(const store::TraceRows& rows,
                            const std::vector<store::LogPosition>& positions);

// The logs among `positions` that are not read, each in words that can follow
// "not known:"; none at all is one of them.
[[nodiscard]] std::vector<std::string> unreadLogs(
    const std::vector<store::LogPosition>& positions);

// What became of a queue file, in one word for each recipient.
[[nodiscard]] std::vector<TraceOutcome> outcomesOf(
    const store::TraceRows& rows);

}  // namespace mailreeve::logs
