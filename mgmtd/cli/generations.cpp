// mgmtctl generations: what was applied, and how it ended.
#include <iostream>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "mgmtd/apply/confirm.h"
#include "mgmtd/apply/generation.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/moment.h"

namespace mailreeve::cli {

namespace {

Exit list(const Context& context) {
  const apply::GenerationStore store(context.paths);
  const auto current = store.current();
  const auto pending = apply::readPending(context.paths);
  nlohmann::json rows = nlohmann::json::array();
  for (const auto number : store.list()) {
    const auto found = store.read(number);
    if (!found) return fail(context, found.error());
    const bool waits = pending && *pending && (*pending)->number == number;
    rows.push_back({{"generation", number},
                    {"current", number == current},
                    {"time", found->time},
                    {"result", found->result},
                    {"awaits_confirmation", waits},
                    {"summary", found->summary}});
    if (context.json) continue;
    std::cout << (number == current ? "* " : "  ") << number << "  "
              << shownTime(found->time) << "  "
              << printable(found->result.substr(0, found->result.find('\n')))
              << (waits ? "  (waits for `mgmtctl confirm`)" : "") << '\n';
  }
  if (context.json)
    printJson(context, rows);
  else if (rows.empty())
    std::cout << "Nothing was applied yet.\n";
  return Exit::Done;
}

}  // namespace

void addGenerations(CLI::App& app, Context& context) {
  app.add_subcommand("generations",
                     "List what was applied; the current one has a star")
      ->callback([&context] { context.run = [&] { return list(context); }; });
}

}  // namespace mailreeve::cli
