// mgmtctl confirm: keeps what was applied on approval. mgmtctl guard, which
// only `apply --confirm-within` starts, waits and goes back without it.
#include "mgmtd/apply/confirm.h"

#include <iostream>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/base/log.h"
#include "mgmtd/apply/lock.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/pipeline.h"

namespace mailreeve::cli {

namespace {

Exit keep(const Context& context) {
  return withLock(context, [&] {
    const auto pending = apply::readPending(context.paths);
    if (!pending) return fail(context, pending.error());
    if (!*pending)
      return fail(context,
                  {ErrorCode::NotFound, "nothing waits for confirmation"});
    const auto removed = apply::removePending(context.paths);
    if (!removed) return fail(context, removed.error());
    if (context.json)
      printJson(context, {{"confirmed", (*pending)->number}});
    else
      std::cout << "Generation " << (*pending)->number << " stays.\n";
    return Exit::Done;
  });
}

Exit guard(const Context& context) {
  log::open("mgmtctl", log::Target::Syslog);
  const SystemClock clock;
  if (!apply::awaitDeadline(context.paths, clock)) return Exit::Done;
  for (;;) {
    const auto lock = apply::ApplyLock::take(context.paths);
    if (lock) {
      const auto done = apply::recoverHost(context.paths, clock);
      if (!done) log::error(done.error().what);
      if (done)
        for (const auto& line : *done) log::warn(line);
      return done ? Exit::Done : Exit::Failed;
    }
    // Somebody applies just now; if that ends well, nothing is left to do.
    std::this_thread::sleep_for(std::chrono::seconds(1));
    if (!apply::awaitDeadline(context.paths, clock)) return Exit::Done;
  }
}

}  // namespace

void addConfirm(CLI::App& app, Context& context) {
  app.add_subcommand("confirm",
                     "Keep the generation that was applied with "
                     "--confirm-within")
      ->callback([&context] { context.run = [&] { return keep(context); }; });
  app.add_subcommand("guard", "")->group("")->callback([&context] {
    context.run = [&] { return guard(context); };
  });
}

}  // namespace mailreeve::cli
