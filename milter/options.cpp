#include "milter/options.h"

#include "core/base/arguments.h"

namespace mailreeve::milter {

Result<Options> parseOptions(const std::vector<std::string>& arguments) {
  Options options;
  const auto asked = walkArguments(
      arguments,
      [&](const std::string& name, const std::string& value) -> Result<Done> {
        if (name != "--spool-dir") return setOption(options, name, value);
        options.spool = value;
        return Done{};
      });
  if (!asked) return asked.error();
  options.help = asked->help;
  options.version = asked->version;
  if (options.socket.empty()) options.socket = options.paths.milterSocket();
  return options;
}

std::string usageText() {
  return "usage: milterd [--settings DIR] [--listen unix:PATH]\n"
         "               [--socket-mode MODE] [--socket-group GROUP]\n"
         "               [--state-dir DIR] [--run-dir DIR] [--spool-dir DIR]\n"
         "               [--log stderr|syslog] [--help] [--version]\n"
         "See milterd(8).\n";
}

}  // namespace mailreeve::milter
