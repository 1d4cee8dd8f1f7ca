// An apply on approval: unless it is confirmed in time, the former generation
// comes back by itself.
//
// The deadline is a file, so it outlives the terminal, a guard process that is
// killed, and a restart of the host.
#pragma once

#include <optional>

#include "core/base/clock.h"
#include "mgmtd/apply/generation.h"

namespace mailreeve::apply {

struct Pending {
  Number number = 0;  // On approval.
  Number former = 0;  // Comes back.
  TimePoint deadline;
};

// Nothing when no confirmation is awaited.
[[nodiscard]] Result<std::optional<Pending>> readPending(const Paths& paths);

[[nodiscard]] Result<Done> writePending(const Paths& paths,
                                        const Pending& pending);

// Removing what is not there is fine.
[[nodiscard]] Result<Done> removePending(const Paths& paths);

// Starts a process that waits for the deadline and lives on when the terminal
// closes: this program again, as `mgmtctl guard`.
[[nodiscard]] Result<Done> startGuard(const Paths& paths);

// What that process does: returns true when the deadline passes, false when
// the confirmation came or another generation is in force.
[[nodiscard]] bool awaitDeadline(const Paths& paths, const Clock& clock);

}  // namespace mailreeve::apply
