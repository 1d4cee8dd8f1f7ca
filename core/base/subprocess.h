// Runs another program without a shell and waits for it, with a limit.
//
// A program that uses it ignores SIGPIPE in main: a child may stop reading.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace mailreeve {

struct Finished {
  int status = 0;  // Exit status; 128 + N when signal N ended it.
  std::string out;
  std::string err;
};

struct RunOptions {
  std::chrono::milliseconds limit = std::chrono::seconds(60);
  std::string input;                     // Fed to standard input.
  std::size_t outputLimit = 8U << 20U;   // For each of out and err.
  std::vector<std::string> environment;  // "NAME=value", added to a small
                                         // fixed one: PATH, LC_ALL=C.
  // The program leaves a daemon behind that keeps its outputs open: do not wait
  // for their end, only for the program's.
  bool leavesDaemon = false;
};

// argv[0] is looked up in /usr/sbin:/usr/bin:/sbin:/bin unless it holds a
// slash. A program that cannot be started is NotFound; one that overruns the
// time limit is killed with its process group and is Unavailable; a non-zero
// status is not an Error.
[[nodiscard]] Result<Finished> run(const std::vector<std::string>& argv,
                                   const RunOptions& options = {});

}  // namespace mailreeve
