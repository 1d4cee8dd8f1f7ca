#include "policyd/options.h"

#include "core/base/arguments.h"

namespace mailreeve::policyd {

Result<SocketOptions> parseOptions(const std::vector<std::string>& arguments) {
  SocketOptions options;
  const auto asked = walkArguments(
      arguments, [&](const std::string& name, const std::string& value) {
        return setOption(options, name, value);
      });
  if (!asked) return asked.error();
  options.help = asked->help;
  options.version = asked->version;
  if (options.socket.empty()) options.socket = options.paths.policySocket();
  return options;
}

std::string usageText() {
  return "usage: policyd [--settings DIR] [--listen unix:PATH]\n"
         "               [--socket-mode MODE] [--socket-group GROUP]\n"
         "               [--state-dir DIR] [--run-dir DIR] [--log "
         "stderr|syslog]\n"
         "               [--help] [--version]\n"
         "See policyd(8).\n";
}

}  // namespace mailreeve::policyd
