// The command line that milterd and policyd share: daemons that Postfix asks on
// a socket.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve {

struct SocketOptions {
  Paths paths;  // --state-dir, --run-dir
  std::filesystem::path settings = Paths().currentYaml();
  std::string socket;  // Path; empty: the daemon is to name its own.
  mode_t socketMode = 0660;
  std::string socketGroup;  // Empty: postfix if there is such a group.
  log::Target log = log::Target::Syslog;
  bool help = false;
  bool version = false;
};

// Takes one option, as walkArguments() finds them. An Error names what cannot
// be taken.
[[nodiscard]] Result<Done> setOption(SocketOptions& options,
                                     const std::string& name,
                                     const std::string& value);

}  // namespace mailreeve
