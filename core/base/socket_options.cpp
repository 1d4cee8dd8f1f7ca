#include "core/base/socket_options.h"

#include <charconv>
#include <string_view>

#include "core/base/arguments.h"

namespace mailreeve {

namespace {

Result<Done> setSocket(SocketOptions& options, const std::string& value) {
  constexpr std::string_view kUnix = "unix:";
  if (value.rfind(kUnix, 0) != 0 || value.size() == kUnix.size())
    return Error{ErrorCode::Invalid, "--listen takes unix:PATH"};
  options.socket = value.substr(kUnix.size());
  return Done{};
}

Result<Done> setMode(SocketOptions& options, const std::string& value) {
  unsigned mode = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, mode, 8);
  if (read.ec != std::errc() || read.ptr != end || mode > 0777U)
    return Error{ErrorCode::Invalid,
                 "--socket-mode takes an octal mode such as 0660"};
  options.socketMode = mode;
  return Done{};
}

}  // namespace

Result<Done> setOption(SocketOptions& options,
                       const std::string& name,
                       const std::string& value) {
  if (name == "--settings")
    options.settings = value;
  else if (name == "--state-dir")
    options.paths.state = value;
  else if (name == "--run-dir")
    options.paths.run = value;
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

}  // namespace mailreeve
