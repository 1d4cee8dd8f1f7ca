// mgmtctl plan: what apply would do.
#include <iostream>

#include <nlohmann/json.hpp>

#include "mgmtd/apply/lock.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/pipeline.h"
#include "mgmtd/cli/settings.h"

namespace mailreeve::cli {

namespace {

Exit plan(const Context& context) {
  return withLock(context, [&] {
    const SystemClock clock;
    const auto prepared =
        apply::prepare(context.paths, clock, stageProgress(context));
    if (const auto* refusal = std::get_if<apply::Refusal>(&prepared)) {
      if (!refusal->problems.empty())
        return failInvalid(context, refusal->problems);
      return fail(context, refusal->error);
    }
    const auto& found = std::get<apply::Prepared>(prepared).plan;
    if (context.json)
      printJson(context, planJson(found));
    else
      std::cout << apply::planText(found);
    return Exit::Done;
  });
}

}  // namespace

void addPlan(CLI::App& app, Context& context) {
  app.add_subcommand("plan",
                     "Show what apply would change: settings, files, and which "
                     "services reload or restart")
      ->callback([&context] { context.run = [&] { return plan(context); }; });
}

}  // namespace mailreeve::cli
