// mgmtctl rollback: puts an earlier generation in force; 0 is the host as it
// was before Mailreeve.
#include <iostream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "mgmtd/apply/generation.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/pipeline.h"

namespace mailreeve::cli {

namespace {

struct Options {
  std::optional<apply::Number> number;  // Nothing: the former one.
  bool yes = false;
  bool overwrite = false;
};

// The one before the one in force. That the host should be without Mailreeve
// must be said.
Result<apply::Number> formerOne(const Paths& paths) {
  const apply::GenerationStore store(paths);
  const auto current = store.current();
  if (current == 0)
    return Error{ErrorCode::Invalid, "nothing is in force that could go back"};
  const auto generation = store.read(current);
  if (!generation) return generation.error();
  if (generation->former == 0)
    return Error{ErrorCode::Invalid,
                 "before generation " + std::to_string(current) +
                     " the host was without Mailreeve; `mgmtctl rollback 0` "
                     "goes back to that"};
  return generation->former;
}

Exit goBack(const Context& context, const Options& options) {
  const auto number = options.number ? Result<apply::Number>(*options.number)
                                     : formerOne(context.paths);
  if (!number) return fail(context, number.error());
  const auto plan = apply::planRollback(context.paths, *number);
  if (!plan) return fail(context, plan.error());
  if (!context.json) std::cout << apply::planText(*plan) << std::flush;
  if (plan->former == *number && plan->empty()) {
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
                                *number,
                                {.overwriteLocalEdits = options.overwrite},
                                stageProgress(context)));
}

}  // namespace

void addRollback(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "rollback",
      "Put an earlier generation in force; 0 is the host before Mailreeve");
  command->add_option("N",
                      options->number,
                      "As `mgmtctl generations` lists it; default: the one "
                      "before the one in force");
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
