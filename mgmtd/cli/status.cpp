// mgmtctl status: what runs, on which settings; ends with 5 when something
// does not.
#include <iostream>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

std::string orDash(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "-";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void print(const json& answer) {
  const std::string generation = answer["generation"].get<std::string>();
  std::cout << "generation in force: "
            << (generation.empty() ? "none" : generation) << "\n\n";
  Table running({"PROGRAM", "STATE", "VERSION", "GENERATION", "PROBLEM"});
  for (const char* part : {"daemons", "services"})
    for (const auto& one : answer[part])
      running.add({one["name"],
                   one["running"].get<bool>() ? "running" : "stopped",
                   orDash(one, "version"),
                   orDash(one, "generation"),
                   one.value("problem", "")});
  std::cout << running.text() << '\n';
  Table databases({"DATABASE", "STATE", "BYTES", "PROBLEM"});
  for (const auto& one : answer["databases"])
    databases.add({one["name"],
                   !one["good"].get<bool>()     ? "damaged"
                   : !one["exists"].get<bool>() ? "not made yet"
                                                : "good",
                   orDash(one, "bytes"),
                   one.value("problem", "")});
  std::cout << databases.text() << '\n';
  Table logs({"MAIL LOG", "STATE", "PROBLEM"});
  for (const auto& one : answer["logs"])
    logs.add({one["name"],
              one["good"].get<bool>() ? "read" : "not read",
              one["problem"]});
  std::cout << (answer["logs"].empty() ? "no mail log is read\n" : logs.text());
}

Exit status(const Context& context) {
  auto answer = Management(context).ask({{"do", "overview"}});
  if (!answer) return fail(context, answer.error());
  answer->erase("ok");
  if (context.json)
    printJson(context, *answer);
  else
    print(*answer);
  return (*answer)["well"].get<bool>() ? Exit::Done : Exit::Unavailable;
}

}  // namespace

void addStatus(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("status", "What runs, and on which settings");
  command->callback(
      [&context] { context.run = [&context] { return status(context); }; });
}

}  // namespace mailreeve::cli
