// The letters that content rules ask for (FEATURES E8): word to a sender of our
// own, and the original to whoever reviews such mail. They are made when the
// verdict stands and only if it is the rules' own; never for a message that
// comes again, since then they would come again too.
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/store/outbox.h"
#include "milter/inspection.h"
#include "milter/transaction.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

// An Error: the first letter that could not be kept, and those behind it;
// originals go before words.
[[nodiscard]] Result<Done> putRuleLetters(store::Outbox& outbox,
                                          const Transaction& transaction,
                                          const mail::Message& message,
                                          const Inspection& inspection,
                                          const Verdict& verdict,
                                          TimePoint at);

}  // namespace mailreeve::milter
