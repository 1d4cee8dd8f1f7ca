// mgmtctl advise: what is doubtful about the settings, though valid.
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/list_advice.h"
#include "mgmtd/cli/settings.h"

namespace mailreeve::cli {

namespace {

Exit advise(const Context& context, std::int64_t days) {
  auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  auto hits = store::readListHits(context.paths.countersDatabase());
  if (!hits) return fail(context, hits.error());
  const auto advice = adviseOnLists(
      std::make_shared<const directory::Policy>(std::move(*settings)),
      *hits,
      std::chrono::hours(24 * days),
      SystemClock().now());
  if (context.json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& each : advice)
      rows.push_back(
          {{"kind", each.kind}, {"where", each.where}, {"what", each.what}});
    printJson(context, {{"advice", rows}});
    return Exit::Done;
  }
  for (const auto& each : advice)
    std::cout << each.kind << ": " << printable(each.where) << ": "
              << printable(each.what) << '\n';
  if (advice.empty()) std::cout << "Nothing to say.\n";
  return Exit::Done;
}

}  // namespace

void addAdvise(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "advise", "Say what is doubtful about the allow and block lists");
  const auto days = std::make_shared<std::int64_t>(90);
  command
      ->add_option("--days",
                   *days,
                   "How long an entry may have decided nothing before it is "
                   "called dead")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  command->callback([&context, days] {
    context.run = [&context, days] { return advise(context, *days); };
  });
}

}  // namespace mailreeve::cli
