// Keeps what an allow entry promised: entries with `proof` spare a message
// nothing until SPF, DKIM or DMARC have shown that it comes from the domain of
// its MAIL FROM (FEATURES B14). The check that has the proof says so here, and
// those behind it find the message spared.
#pragma once

#include <string>

#include "core/config/lists.h"
#include "milter/findings.h"
#include "milter/transaction.h"

namespace mailreeve::config {
struct Settings;
}

namespace mailreeve::milter {

// Whether an allow entry waits for this proof: then it must be looked for, even
// where its finding decides nothing.
[[nodiscard]] bool isPromised(const Findings& findings,
                              config::ListProof proof);

// Whether the message itself may prove yet that its sender is spared SPF.
[[nodiscard]] bool mayBeSparedSpf(const Findings& findings);

// To be called when it has been looked for, with the findings left. Spares what
// was promised if it is had; if the DNS kept it from being had, that is left in
// the findings. For the trace, behind what else was seen; empty: nothing was
// promised.
[[nodiscard]] std::string keepPromise(config::ListProof proof,
                                      const Transaction& transaction,
                                      Findings& findings);

// Whether some allow entry may ask for a proof that is in the message.
[[nodiscard]] bool asksMessageForProof(const config::Settings& settings);

}  // namespace mailreeve::milter
