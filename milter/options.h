// milterd's command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::milter {

struct Options {
  std::filesystem::path settings = Paths().currentYaml();
  std::filesystem::path state = Paths().state;
  std::filesystem::path run = Paths().run;
  std::filesystem::path spool = "/var/tmp";
  std::string socket;  // Path; empty: milter.sock in `run`.
  mode_t socketMode = 0660;
  std::string socketGroup;  // Empty: postfix if there is such a group.
  log::Target log = log::Target::Syslog;
  bool help = false;
  bool version = false;

  [[nodiscard]] Paths paths() const {
    Paths paths;
    paths.state = state;
    paths.run = run;
    return paths;
  }

  [[nodiscard]] std::string socketPath() const {
    return socket.empty() ? paths().milterSocket().string() : socket;
  }
};

// Without argv[0]. An Error names the argument that cannot be taken.
[[nodiscard]] Result<Options> parseOptions(
    const std::vector<std::string>& arguments);

[[nodiscard]] std::string usageText();

}  // namespace mailreeve::milter
