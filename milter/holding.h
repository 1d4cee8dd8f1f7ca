// Where messages are kept that are neither delivered nor refused, and where
// those come from that are released: the quarantine, as the session sees it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/directory/policy.h"
#include "core/mail/envelope.h"
#include "core/mail/message.h"
#include "core/store/quarantine_message.h"
#include "milter/released.h"

namespace mailreeve::milter {

// Why a message is held, as it goes into the quarantine's index.
struct HoldReason {
  TimePoint at;
  std::string step;        // The check that said so: "antivirus".
  std::string found;       // Verdict::found.
  std::string reason;      // Verdict::reason.
  std::string code;        // traceCode().
  std::string generation;  // Of the settings.
  std::string id = {};     // store::newHeldId(), where it is known before.
};

// What a good release token stands for.
struct Admission {
  Released released;
  mail::Envelope envelope;  // As the message came; without recipients.
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
  [[nodiscard]] virtual Result<std::string> hold(
      const directory::Policy& policy,
      const mail::Message& message,
      const HoldReason& why) = 0;

  // The id under which to hold what is told about it before: that of a copy
  // which an attempt before this one left, whose client was never told; else a
  // new one. Any thread.
  [[nodiscard]] virtual std::string idFor(const directory::Policy& policy,
                                          const mail::Message& message,
                                          const HoldReason& why) = 0;

  // The message that `token` releases to `recipients`; the token is spent by
  // it. Invalid: the token is none, or not for them; Unavailable: it cannot be
  // told now. Any thread.
  [[nodiscard]] virtual Result<Admission> admit(
      std::string_view token, const std::vector<std::string>& recipients) = 0;

  // `obstacle` has refused the release to `recipients`; they are told by what
  // is kept here, not by the reply. Any thread.
  virtual void obstruct(const Released& /*released*/,
                        const std::vector<std::string>& /*recipients*/,
                        const store::Obstacle& /*obstacle*/) {}
};

}  // namespace mailreeve::milter
