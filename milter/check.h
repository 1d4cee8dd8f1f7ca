// The interface of everything that looks at a message and decides. One check,
// one file, one question. What changes a message is an Edit (edit.h).
#pragma once

#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "milter/findings.h"
#include "milter/inquiry.h"
#include "milter/transaction.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

// A check is shared by all messages at once: it holds settings, never state.
class Check {
 public:
  Check() = default;
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  Check(Check&&) = delete;
  Check& operator=(Check&&) = delete;
  virtual ~Check() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  // Of which messages it is asked at all.
  [[nodiscard]] virtual bool concerns(Handling handling) const {
    return handling == Handling::Judged;
  }

  // Whether it judges what a message holds. Such a check is not asked about
  // what a user reports to who learns from it (Transaction::report).
  [[nodiscard]] virtual bool judgesContent() const { return false; }

  // At DATA: sender and recipients are known, the message is not. What is
  // refused here costs the client no upload. An Error means "could not decide";
  // the chain, not the check, turns it into a verdict.
  [[nodiscard]] virtual Result<Verdict> onEnvelope(const Transaction&,
                                                   Findings&) const {
    return Verdict::pass();
  }

  // For a check that asks somebody slow: what is asked about this message, from
  // its first byte on. Null: nothing, and onMessage() decides.
  [[nodiscard]] virtual std::unique_ptr<Inquiry> inquire(
      const Transaction&, const Findings&) const {
    return nullptr;
  }

  // Once, when the whole message is in, unless there was an inquiry.
  [[nodiscard]] virtual Result<Verdict> onMessage(const Transaction&,
                                                  const mail::Message&,
                                                  Findings&) const {
    return Verdict::pass();
  }

  // Whether onMessage() or the inquiry can want more than the header. If nobody
  // does, the MTA is not asked to send bodies.
  [[nodiscard]] virtual bool needsBody() const { return false; }
};

}  // namespace mailreeve::milter
