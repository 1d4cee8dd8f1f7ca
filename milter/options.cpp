#include "milter/options.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "core/base/arguments.h"

namespace mailreeve::milter {

namespace {

Result<Done> setSocket(Options& options, const std::string& value) {
  constexpr std::string_view kUnix = "unix:";
  if (value.rfind(kUnix, 0) != 0 || value.size() == kUnix.size())
    return Error{ErrorCode::Invalid, "--listen takes unix:PATH"};
  options.socket = value.substr(kUnix.size());
  return Done{};
}

Result<Done> setMode(Options& options, const std::string& value) {
  unsigned mode = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, mode, 8);
  if (read.ec != std::errc() || read.ptr != end || mode > 0777U)
    return Error{ErrorCode::Invalid,
                 "--socket-mode takes an octal mode such as 0660"};
  options.socketMode = mode;
  return Done{};
}

Result<Done> set(Options& options,
                 const std::string& name,
                 const std::string& value) {
  if (name == "--settings")
    options.settings = value;
  else if (name == "--state-dir")
    options.state = value;
  else if (name == "--run-dir")
    options.run = value;
  else if (name == "--spool-dir")
    options.spool = value;
  else if (name == "--socket-group")
    options.socketGroup = value;
  else if (name == "--listen")
    return setSocket(options, value);
  else if (name == "--socket-mode")
    return setMode(options, value);
  else if (name == "--log")
    return setLogTarget(options.log, value);
  else
    return Error{ErrorCode::Invalid, "unknown option " + name};
  return Done{};
}

}  // namespace

Result<Options> parseOptions(const std::vector<std::string>& arguments) {
  Options options;
  const auto asked = walkArguments(
      arguments, [&](const std::string& name, const std::string& value) {
        return set(options, name, value);
      });
  if (!asked) return asked.error();
  options.help = asked->help;
  options.version = asked->version;
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
