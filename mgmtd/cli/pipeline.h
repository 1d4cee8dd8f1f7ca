// What the commands around the apply pipeline share.
#pragma once

#include "mgmtd/apply/apply.h"
#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

// "  verify ..." on standard error, for stages a person waits for.
[[nodiscard]] apply::Progress stageProgress(const Context& context);

[[nodiscard]] nlohmann::json planJson(const apply::Plan& plan);

// Takes the lock, ends what was cut off, then runs `work`.
[[nodiscard]] Exit withLock(const Context& context,
                            const std::function<Exit()>& work);

// Prints how it ended: Done, or Undone when the former generation is back.
[[nodiscard]] Exit report(const Context& context,
                          const Result<apply::Outcome>& outcome);

}  // namespace mailreeve::cli
