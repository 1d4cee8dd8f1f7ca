// mgmtctl apply: puts the YAML in force.
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/pipeline.h"
#include "mgmtd/cli/policy_tests.h"
#include "mgmtd/cli/settings.h"

namespace mailreeve::cli {

namespace {

struct Options {
  bool yes = false;
  bool overwrite = false;
  std::string confirmWithin;
};

constexpr std::chrono::hours kLongestWait{24};

// "90s", "5m", "1h"; nothing for anything else, for zero and for over a day.
std::optional<std::chrono::seconds> parseDuration(const std::string& text) {
  if (text.size() < 2) return std::nullopt;
  const auto number = parseNumber(text.substr(0, text.size() - 1));
  if (!number || *number == 0 || *number > 86400) return std::nullopt;
  const std::chrono::seconds count(static_cast<std::int64_t>(*number));
  const char unit = text.back();
  const auto seconds = unit == 's'   ? count
                       : unit == 'm' ? count * 60
                       : unit == 'h' ? count * 3600
                                     : std::chrono::seconds(0);
  if (seconds.count() == 0 || seconds > kLongestWait) return std::nullopt;
  return seconds;
}

Exit apply(const Context& context, const Options& options) {
  apply::ApplyOptions how;
  how.overwriteLocalEdits = options.overwrite;
  if (!options.confirmWithin.empty()) {
    how.confirmWithin = parseDuration(options.confirmWithin);
    if (!how.confirmWithin) {
      std::cerr << "mgmtctl: --confirm-within: a time such as 90s, 5m or 1h, "
                   "at most 24h\n";
      return Exit::Usage;
    }
  }
  const SystemClock clock;
  const auto progress = stageProgress(context);
  const auto prepared = apply::prepare(context.paths, clock, progress);
  if (const auto* refusal = std::get_if<apply::Refusal>(&prepared)) {
    if (!refusal->problems.empty())
      return failInvalid(context, refusal->problems);
    return fail(context, refusal->error);
  }
  const auto& ready = std::get<apply::Prepared>(prepared);
  const auto expected = requirePolicyTests(context, ready.settings);
  if (!expected) {
    (void)fail(context, expected.error());
    return Exit::TestsFailed;
  }
  if (!context.json) std::cout << apply::planText(ready.plan) << std::flush;
  if (ready.plan.empty()) {
    if (context.json) printJson(context, planJson(ready.plan));
    return Exit::Done;
  }
  if (!options.yes && !confirm("Apply this?")) {
    return fail(context,
                {ErrorCode::Invalid,
                 "nothing was changed; --yes applies "
                 "without asking"});
  }
  const auto outcome =
      apply::applyPrepared(context.paths, clock, ready, how, progress);
  const auto exit = report(context, outcome);
  if (exit == Exit::Done && how.confirmWithin && !context.json)
    std::cout << "Run `mgmtctl confirm` within " << options.confirmWithin
              << ", else generation " << outcome->former << " returns.\n";
  return exit;
}

}  // namespace

void addApply(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "apply",
      "Put the YAML in force, or leave everything as it was and say why");
  command->add_flag("-y,--yes", options->yes, "Do not ask");
  command->add_flag("--overwrite-local-edits",
                    options->overwrite,
                    "Replace rendered files that were edited by hand; the "
                    "edits are kept in the generation");
  command->add_option("--confirm-within",
                      options->confirmWithin,
                      "Go back after this time (90s, 5m, 1h) unless `mgmtctl "
                      "confirm` comes");
  command->callback([&context, options] {
    context.run = [&context, options] {
      return withLock(context, [&] { return apply(context, *options); });
    };
  });
}

}  // namespace mailreeve::cli
