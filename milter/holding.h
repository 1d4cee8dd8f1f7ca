// Where messages are kept that are neither delivered nor refused: the
// quarantine, as the session sees it.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/mail/message.h"

namespace mailreeve::milter {

// Why a message is held, as it goes into the quarantine's index.
struct HoldReason {
  TimePoint at;
  std::string step;        // The check that said so: "antivirus".
  std::string found;       // Verdict::found.
  std::string reason;      // Verdict::reason.
  std::string code;        // traceCode().
  std::string generation;  // Of the settings.
};

class Holding {
 public:
  Holding() = default;
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  Holding(Holding&&) = delete;
  Holding& operator=(Holding&&) = delete;
  virtual ~Holding() = default;

  // When it returns an id, the message is on the disk and survives a power cut.
  // After an Error nothing was kept, and the message must be deferred. Any
  // thread.
  [[nodiscard]] virtual Result<std::string> hold(const mail::Message& message,
                                                 const HoldReason& why) = 0;
};

}  // namespace mailreeve::milter
