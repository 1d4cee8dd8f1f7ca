// The connections to one engine: how many scans it is given at once, and those
// kept open between two scans. A full engine is waited for, not flooded.
//
// A message that still comes in has a slot of another kind than one that waits
// for its answer: a sender that dribbles bytes keeps nobody from being scanned.
//
// Any thread.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/net/endpoint.h"
#include "core/net/stream_socket.h"

namespace mailreeve::scan {

struct Connection {
  net::StreamSocket socket;
  std::uint64_t used = 0;  // How many scans it has carried.
};

class Connections : public std::enable_shared_from_this<Connections> {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // `idle`: how long an unused connection is kept; shorter than the engine's
  // own patience, so that it is seldom found closed.
  Connections(net::Endpoint endpoint,
              std::size_t most,
              std::chrono::seconds idle)
      : endpoint_(std::move(endpoint)), most_(most), idle_(idle) {}

  enum class Use { Arriving, Answering };

  // Leave to use one connection; given back when it goes.
  class Slot {
   public:
    Slot(std::shared_ptr<Connections> of, Use use)
        : of_(std::move(of)), use_(use) {}

    Slot(Slot&&) = default;

    Slot& operator=(Slot&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(use_, other.use_);
      return *this;
    }

    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

   private:
    std::shared_ptr<Connections> of_;  // Null: moved away.
    Use use_;
  };

  // To send while a message comes in; nothing when all are taken.
  [[nodiscard]] std::optional<Slot> takeArriving();

  // To wait for an answer; nothing when all are taken until `deadline`.
  [[nodiscard]] std::optional<Slot> takeAnswering(Deadline deadline);

  // An open one if there is a good one and `fresh` is not wanted, else a new
  // one.
  [[nodiscard]] Result<Connection> connect(Deadline deadline, bool fresh);

  // Keeps a connection that is between two scans.
  void keep(Connection connection);

  [[nodiscard]] const net::Endpoint& endpoint() const { return endpoint_; }

 private:
  struct Idle {
    Connection connection;
    Deadline since;
  };

  const net::Endpoint endpoint_;
  const std::size_t most_;
  const std::chrono::seconds idle_;

  std::mutex mutex_;
  std::condition_variable freed_;
  std::array<std::size_t, 2> taken_{};  // By Use. Guarded by mutex_.
  std::vector<Idle> open_;              // Guarded by mutex_; the newest last.

  [[nodiscard]] std::size_t& taken(Use use) {
    return taken_.at(static_cast<std::size_t>(use));
  }
};

}  // namespace mailreeve::scan
