// One connection of a Postfix process: requests in, answers out, in order.
//
// It is served on a thread of its own, which may wait for the peer as long as
// it likes: whoever owns the connection looks at its age and ends it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "core/base/coarse_clock.h"
#include "core/base/fd.h"
#include "core/base/result.h"
#include "policyd/request.h"
#include "policyd/request_buffer.h"

namespace mailreeve::policyd {

// Appends the answer's lines ("action=...\n\n") to `out`. Called on the threads
// of many connections at once; must not wait for anything.
using Answerer = std::function<void(const Request&, std::string& out)>;

class Connection {
 public:
  using Moment = CoarseClock::time_point;

  // `socket` must be blocking.
  Connection(Fd socket, Moment now) : socket_(std::move(socket)), since_(now) {}

  // Until the peer or end() ends it, or after stopReceiving(); adds to
  // `requests` what it answers. An Error: something malformed came; what was
  // answered before has been sent.
  [[nodiscard]] Result<Done> serve(const Answerer& answer,
                                   std::atomic<std::uint64_t>& requests);

  // All that follows: any thread.

  // What has come by now is answered, then serve() returns.
  void stopReceiving() const;

  // The peer sees the end, serve() returns. The descriptor stays ours.
  void end() const;

  // Between two requests, or before the first.
  [[nodiscard]] bool idle() const { return !busy_; }

  // Whether a request of it has been answered.
  [[nodiscard]] bool hasAsked() const { return hasAsked_; }

  // When it became idle, or else when the request or the answer under way
  // began: bytes that dribble in gain no time. Ask idle() first: a connection
  // that turns busy meanwhile then seems younger than it is, never older.
  [[nodiscard]] Moment since() const { return since_; }

 private:
  [[nodiscard]] bool receive();
  [[nodiscard]] Result<Done> answerAll(const Answerer& answer,
                                       std::atomic<std::uint64_t>& requests);
  [[nodiscard]] bool send();

  Fd socket_;
  RequestBuffer in_;
  std::string out_;
  std::atomic<Moment> since_;
  std::atomic<bool> busy_{false};
  std::atomic<bool> hasAsked_{false};
};

}  // namespace mailreeve::policyd
