// mgmtctl: the administrator's command. The list below is all it can do.
#include <exception>
#include <iostream>

#include <signal.h>
#include <unistd.h>

#include "mgmtd/cli/commands.h"

namespace mailreeve::cli {

namespace {

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

  addSettings(app, context);
  addSchema(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked = e.get_exit_code() == 0;  // --help, --version
    app.exit(e);
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
