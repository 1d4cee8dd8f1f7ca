// What SpamAssassin has to be told that is not in a message yet when a milter
// sees it: who handed it over, and by which envelope. Its rules about SPF,
// block lists and forged greetings read that from Received, Return-Path and
// X-Envelope-From.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/mail/envelope.h"

namespace mailreeve::spam {

// Fields to stand before the message's own, lines ending in CRLF. `hostname` is
// ours. Nothing the client said can add a line or a field.
[[nodiscard]] std::string scanHeader(const mail::Envelope& envelope,
                                     std::string_view hostname,
                                     TimePoint at);

// Before these fields: a message that nobody has sent, from which spamd is to
// learn nothing. Only the spamd that we set up ourselves understands it.
[[nodiscard]] std::string dryRunHeader();

}  // namespace mailreeve::spam
