// mgmtctl rollback: puts an earlier generation in force; 0 is the host as it
// was before Mailreeve.
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/pipeline.h"

namespace mailreeve::cli {

namespace {

struct Options {
  std::uint64_t number = 0;
  bool yes = false;
  bool overwrite = false;
};

Exit goBack(const Context& context, const Options& options) {
  const auto plan = apply::planRollback(context.paths, options.number);
  if (!plan) return fail(context, plan.error());
  if (!context.json) std::cout << apply::planText(*plan) << std::flush;
  if (plan->former == options.number && plan->empty()) {
    if (context.json) printJson(context, planJson(*plan));
    return Exit::Done;
  }
  if (!options.yes && !confirm("Go back to this?"))
    return fail(context,
                {ErrorCode::Invalid,
                 "nothing was changed; --yes goes back "
                 "without asking"});
  return report(context,
                apply::rollback(context.paths,
                                options.number,
                                {.overwriteLocalEdits = options.overwrite},
                                stageProgress(context)));
}

}  // namespace

void addRollback(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "rollback",
      "Put an earlier generation in force; 0 is the host before Mailreeve");
  command->add_option("N", options->number, "As `mgmtctl generations` lists it")
      ->required();
  command->add_flag("-y,--yes", options->yes, "Do not ask");
  command->add_flag("--overwrite-local-edits",
                    options->overwrite,
                    "Replace rendered files that were edited by hand");
  command->callback([&context, options] {
    context.run = [&context, options] {
      return withLock(context, [&] { return goBack(context, *options); });
    };
  });
}

}  // namespace mailreeve::cli
