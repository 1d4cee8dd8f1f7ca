// mgmtctl: the administrator's command. The list below is all it can do.
#include <algorithm>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include "core/base/text.h"
#include "mgmtd/cli/commands.h"

namespace mailreeve::cli {

namespace {

// The first word that is neither an option nor a command of ours, with what it
// may have been meant to be; empty when there is none.
std::string unknownCommand(const CLI::App& app, int argc, char** argv) {
  std::vector<std::string_view> names;
  const auto commands =
      app.get_subcommands([](const CLI::App*) { return true; });
  for (const auto* command : commands) names.push_back(command->get_name());
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with('-')) continue;
    if (std::find(names.begin(), names.end(), word) != names.end()) return "";
    const auto near = nearest(word, names);
    return "unknown command \"" + std::string(word) + "\"" +
           (near.empty() ? ""
                         : "; did you mean \"" + std::string(near) + "\"?");
  }
  return "";
}

int runProgram(int argc, char** argv) {
  Context context;
  context.terminal = ::isatty(STDOUT_FILENO) != 0;

  CLI::App app("Governs a mail system of Postfix and Dovecot.", "mgmtctl");
  app.set_version_flag("--version", "mgmtctl " MAILREEVE_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", context.json, "Answer in JSON");
  app.add_option(
         "--config-dir", context.paths.config, "The administrator's YAML")
      ->capture_default_str();
  app.add_option("--state-dir", context.paths.state, "Mailreeve's own state")
      ->capture_default_str();
  app.add_option("--run-dir", context.paths.run, "The daemons' sockets")
      ->capture_default_str();

  addInit(app, context);
  addSettings(app, context);
  addExplain(app, context);
  addTest(app, context);
  addSchema(app, context);
  addPlan(app, context);
  addApply(app, context);
  addConfirm(app, context);
  addRollback(app, context);
  addGenerations(app, context);
  addRecover(app, context);
  addTables(app, context);
  addList(app, context);
  addAdvise(app, context);
  addAccount(app, context);
  addDkim(app, context);
  addUsage(app, context);
  addLog(app, context);
  addQuarantine(app, context);
  addSpam(app, context);
  addTrace(app, context);
  addDmarc(app, context);
  addJob(app, context);
  addStatus(app, context);
  addAntivirus(app, context);
  addComplete(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked = e.get_exit_code() == 0;  // --help, --version
    const std::string unknown = asked ? "" : unknownCommand(app, argc, argv);
    if (unknown.empty())
      app.exit(e);
    else
      std::cerr << "mgmtctl: " << unknown << '\n';
    return static_cast<int>(asked ? Exit::Done : Exit::Usage);
  }
  return static_cast<int>(context.run());
}

}  // namespace

}  // namespace mailreeve::cli

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return mailreeve::cli::runProgram(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "mgmtctl: " << e.what() << '\n';
    return 1;
  }
}
