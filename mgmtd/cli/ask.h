// How a command reaches the engine: through mgmtd's socket, or, when mgmtd does
// not run and the caller is root, the same engine in this process.
#pragma once

#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

class Management {
 public:
  explicit Management(const Context& context);
  Management(const Management&) = delete;
  Management& operator=(const Management&) = delete;
  Management(Management&&) = delete;
  Management& operator=(Management&&) = delete;
  ~Management();

  // Unavailable when mgmtd does not run or may not be asked.
  [[nodiscard]] Result<nlohmann::json> ask(const nlohmann::json& request);

 private:
  struct Local;

  [[nodiscard]] Result<nlohmann::json> askLocal(const nlohmann::json& request);

  Paths paths_;
  bool decided_ = false;
  std::unique_ptr<Local> local_;  // Once decided: null asks the socket.
};

}  // namespace mailreeve::cli
