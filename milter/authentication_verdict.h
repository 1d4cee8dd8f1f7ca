// From what was found about a sender to what is done: the settings' word for
// it, as a verdict.
#pragma once

#include <string>

#include "core/config/settings.h"
#include "milter/findings.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

// `saw` is for the trace, `found` names it ("spf fail"); `reply` is said where
// `action` is to reject. To mark is noted in `findings`.
[[nodiscard]] Verdict verdictOf(config::OnFailure action,
                                const config::AuthenticationChecks& settings,
                                std::string found,
                                std::string saw,
                                Reply reply,
                                Findings& findings);

// What a sender chose, fit for a reply: at most `most` bytes, and nothing but
// printable ASCII without percent signs.
[[nodiscard]] std::string replyText(std::string_view text, std::size_t most);

}  // namespace mailreeve::milter
