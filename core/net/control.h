// The control socket every daemon has, and how to call one.
//
// One JSON object a line, each way. A request is {"do": NAME, ...}; an answer
// {"ok": true, ...} or {"ok": false, "error": TEXT, "code": ErrorCode's name}.
// Lines over 1 MiB end the connection, and so does a request that is not
// complete 30 s after the answer before it: a client that dribbles bytes gains
// no more time than a silent one.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "core/base/result.h"

namespace mailreeve::net {

// Who is at the other end, as the kernel says (SO_PEERCRED and SO_PEERGROUPS,
// unix(7)): the credentials of the moment it connected.
struct Peer {
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  pid_t pid = -1;
  std::vector<gid_t> groups = {};  // The supplementary ones.
};

// Answers one request; called on the server's own threads, several at once.
// What it throws becomes an answer {"ok": false} and a line in the log.
using Handler =
    std::function<Result<nlohmann::json>(const nlohmann::json&, const Peer&)>;

struct ControlLimits {
  std::size_t line = std::size_t{1} << 20U;  // Bytes, without the line end.
  std::chrono::milliseconds request = std::chrono::seconds(30);
  unsigned connections = 64;  // More wait in the kernel's queue.
};

class ControlServer {
 public:
  // Listens on the Unix socket `path` (replaced if nobody answers on it; an
  // Error when another process does), with permission bits `mode`.
  [[nodiscard]] static Result<std::unique_ptr<ControlServer>> start(
      const std::filesystem::path& path,
      mode_t mode,
      Handler handler,
      const ControlLimits& limits = {});

  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  ControlServer(ControlServer&&) = delete;
  ControlServer& operator=(ControlServer&&) = delete;

  // Stops accepting, waits for running requests, removes the socket.
  ~ControlServer();

 private:
  struct State;
  explicit ControlServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Sends one request and returns the answer's object, an Error for "ok": false
// (its text), or Unavailable when nobody listens or `limit` passes.
[[nodiscard]] Result<nlohmann::json> call(
    const std::filesystem::path& path,
    const nlohmann::json& request,
    std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace mailreeve::net
