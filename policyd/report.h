// What is kept of an answer: a line in the mail log for every decision, an
// event for `mgmtctl log` for every refusal.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/store/event_log.h"
#include "policyd/request.h"
#include "policyd/rule_list.h"

namespace mailreeve::policyd {

// "reject: block_list: entry \"x\" (sender), from=<a@b> to=<c@d>
// client=192.0.2.7 login=..., reference 7K3M9QXD".
[[nodiscard]] std::string logLine(const Request& request,
                                  const Outcome& outcome,
                                  const std::string& traceCode);

[[nodiscard]] store::Event eventOf(const Request& request,
                                   const Outcome& outcome,
                                   const std::string& traceCode,
                                   TimePoint now);

}  // namespace mailreeve::policyd
