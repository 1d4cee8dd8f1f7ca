// What a content rule sends besides its verdict (FEATURES E8): word to the
// sender, and the message itself to whoever reviews such cases. A check puts
// these among its findings; they leave when the verdict stands.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/mail/message.h"
#include "core/store/outbox.h"

namespace mailreeve::store {

struct RuleCase {
  std::string rule;     // Its name, as the administrator gave it.
  std::string verdict;  // "held", "refused", "delivered": what became of it.
  std::string host;     // server.hostname.
  TimePoint at;
};

// A notice for nobody where word to the sender would go to a stranger whose
// address may be forged: only a login or a trusted client is told, and never
// the null sender. `vouched` says whether it is one.
[[nodiscard]] Notice noticeToSender(const mail::Message& message,
                                    const RuleCase& what,
                                    bool vouched);

// The message as it came, enclosed in a letter to `reviewer`.
[[nodiscard]] Notice originalToReviewer(const mail::Message& message,
                                        const RuleCase& what,
                                        const std::string& reviewer);

}  // namespace mailreeve::store
