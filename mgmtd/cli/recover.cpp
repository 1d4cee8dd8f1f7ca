// mgmtctl recover: run at boot, before the services start, and harmless at any
// other time.
#include <iostream>

#include <nlohmann/json.hpp>

#include "mgmtd/apply/confirm.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/pipeline.h"

namespace mailreeve::cli {

namespace {

Exit recover(const Context& context) {
  // withLock has recovered when it comes here; what may be left is a deadline
  // whose guard went down with the host.
  return withLock(context, [&] {
    const auto pending = apply::readPending(context.paths);
    if (!pending) return fail(context, pending.error());
    if (*pending) {
      const auto guarded = apply::startGuard(context.paths);
      if (!guarded) return fail(context, guarded.error());
    }
    if (context.json)
      printJson(context, {{"awaits_confirmation", pending->has_value()}});
    return Exit::Done;
  });
}

}  // namespace

void addRecover(CLI::App& app, Context& context) {
  app.add_subcommand("recover",
                     "End an apply that was cut off; done at every boot")
      ->callback(
          [&context] { context.run = [&] { return recover(context); }; });
}

}  // namespace mailreeve::cli
