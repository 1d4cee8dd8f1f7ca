// The interface of everything that changes an accepted message. An edit only
// proposes, on the draft; what decides about a message is a Check (check.h).
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "milter/draft.h"
#include "milter/findings.h"
#include "milter/transaction.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

// Shared by all messages at once: it holds settings, never state.
class Edit {
 public:
  Edit() = default;
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;
  Edit(Edit&&) = delete;
  Edit& operator=(Edit&&) = delete;
  virtual ~Edit() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  // Of which messages it is asked at all.
  [[nodiscard]] virtual bool concerns(Handling handling) const {
    return handling == Handling::Judged;
  }

  // Adds its changes to `draft`, or leaves it alone and says why in the
  // verdict's reason. A verdict other than pass refuses the message: for rules
  // that say "change it or do not send it". An Error defers it.
  //
  // The message is the draft's: as it came, with what earlier edits changed.
  [[nodiscard]] virtual Result<Verdict> propose(const Transaction& transaction,
                                                const Findings& findings,
                                                Draft& draft) const = 0;

  // Whether it has a say about mail that is released from quarantine. What
  // protects the recipient does, unless that is what the release waives; what
  // only adds to a message has none.
  [[nodiscard]] virtual bool forReleased(const Released& released) const {
    const auto check = servedCheck();
    return !check.empty() && !released.waives(name()) &&
           !released.waives(check);
  }

  // The check that tells it what to take out of a message; empty: none does.
  [[nodiscard]] virtual std::string_view servedCheck() const { return {}; }

  // Whether it can want more than the header; see Check.
  [[nodiscard]] virtual bool needsBody() const { return false; }
};

}  // namespace mailreeve::milter
