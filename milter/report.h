// What became of one message, for the log, the event database and the
// statistics. Made when the answer stands.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/trace_code.h"
#include "core/mail/envelope.h"
#include "core/store/event_log.h"
#include "milter/trace.h"

namespace mailreeve::milter {

struct Report {
  TimePoint at;
  std::string code = traceCode();
  mail::Envelope envelope;
  std::string messageId;
  std::string subject;
  std::size_t size = 0;  // Bytes, as far as they came.
  Verdict verdict;
  Trace trace;
  std::size_t checkLines = 0;            // As in Outcome.
  std::string quarantineId;              // Empty: not held.
  std::optional<store::DmarcRow> dmarc;  // For the aggregate report.
  std::string generation;
  std::chrono::microseconds took{0};  // At DATA and at the end, together.

  // The step that refused and why, and what kept its verdict from being carried
  // out; or what the edits did.
  [[nodiscard]] std::string reason() const;

  // One line for the mail log, after Postfix's manner: queue id first.
  [[nodiscard]] std::string logLine() const;

  [[nodiscard]] store::Event event() &&;
};

}  // namespace mailreeve::milter
