// The command line that mgmtd and mgmt-helper share.
#pragma once

#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::helper {

struct Options {
  Paths paths;  // --state-dir, --run-dir
  log::Target log = log::Target::Syslog;
  bool help = false;
  bool version = false;
};

// Without argv[0]. An Error names the argument that cannot be taken.
[[nodiscard]] Result<Options> parseOptions(
    const std::vector<std::string>& arguments);

// What --help or --version answers, or what is wrong with the arguments, and
// the exit status; nothing when the program is to run.
struct Ending {
  bool end = false;
  int status = 0;
};

[[nodiscard]] Ending answerOptions(const Result<Options>& options,
                                   const std::string& program);

}  // namespace mailreeve::helper
