// policyd's command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::policyd {

struct Options {
  std::filesystem::path settings = Paths().currentYaml();
  std::filesystem::path state = Paths().state;
  std::filesystem::path run = Paths().run;
  std::string socket;  // Path; empty: policy.sock in `run`.
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
    return socket.empty() ? paths().policySocket().string() : socket;
  }
};

// Without argv[0]. An Error names the argument that cannot be taken.
[[nodiscard]] Result<Options> parseOptions(
    const std::vector<std::string>& arguments);

[[nodiscard]] std::string usageText();

}  // namespace mailreeve::policyd
