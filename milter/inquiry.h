// One message's question to somebody slow: a scanner on the other end of a
// socket, a name server. Asked while the message still comes in, so that the
// answers of several helpers are waited for at the same time and not in turn.
//
// Belongs to one message. Whoever drops it before the answer cancels it.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "milter/findings.h"
#include "milter/transaction.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

class Inquiry {
 public:
  Inquiry() = default;
  Inquiry(const Inquiry&) = delete;
  Inquiry& operator=(const Inquiry&) = delete;
  Inquiry(Inquiry&&) = delete;
  Inquiry& operator=(Inquiry&&) = delete;
  virtual ~Inquiry() = default;

  // The next bytes of Message::bytes(), as they arrive. Must not wait longer
  // than it takes to hand them on; what goes wrong is said by answer().
  virtual void bytes(std::string_view) {}

  // The message is in. All inquiries are told before the first is asked for its
  // answer, which may be long after: start what is slow, wait for nothing, and
  // keep nothing from other messages meanwhile.
  virtual void complete(const mail::Message&) {}

  // Called once, in the order of the checks, for a message that none before has
  // refused. Waits, with a limit of its own.
  [[nodiscard]] virtual Result<Verdict> answer(const Transaction& transaction,
                                               const mail::Message& message,
                                               Findings& findings) = 0;
};

}  // namespace mailreeve::milter
