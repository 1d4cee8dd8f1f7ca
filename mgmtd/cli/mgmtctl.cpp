// mgmtctl: the administrator's command. What it can do is listed in
// program.cpp.
#include <exception>
#include <iostream>

#include <signal.h>
#include <unistd.h>

#include "mgmtd/cli/program.h"

namespace mailreeve::cli {

namespace {

int runProgram(int argc, char** argv) {
  Context context;
  context.terminal = ::isatty(STDOUT_FILENO) != 0;
  const auto app = makeProgram(context);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) {  // --help, --version
      app->exit(e);
      return static_cast<int>(Exit::Done);
    }
    std::cerr << usageText(*app, argc, argv, e);
    return static_cast<int>(Exit::Usage);
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
