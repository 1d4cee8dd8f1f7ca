// One connection of a Postfix process: requests in, answers out, in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "core/base/fd.h"
#include "policyd/request.h"
#include "policyd/request_buffer.h"

namespace mailreeve::policyd {

// Appends the answer's lines ("action=...\n\n") to `out`. Called on the
// server's thread; must not wait for anything.
using Answerer = std::function<void(const Request&, std::string& out)>;

class Connection {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  enum class After { Open, Closed, Malformed };

  // `socket` must be non-blocking.
  Connection(Fd socket, Moment now) : socket_(std::move(socket)), since_(now) {}

  [[nodiscard]] int fd() const { return socket_.get(); }

  // Receives once, answers what is complete and sends the answers. Malformed:
  // problem() says why; what was answered before has been sent. Anything but
  // Open ends the connection.
  [[nodiscard]] After receive(const Answerer& answer, Moment now);

  // Goes on sending after the peer had not taken all of it.
  [[nodiscard]] After flush(Moment now);

  // The peer must read before more requests of its are looked at.
  [[nodiscard]] bool blocked() const { return sent_ < out_.size(); }

  // Between two requests, or before the first.
  [[nodiscard]] bool idle() const { return !in_.partial() && !blocked(); }

  // Requests.
  [[nodiscard]] std::uint64_t answered() const { return answered_; }

  [[nodiscard]] const std::string& problem() const { return problem_; }

  // When it became idle, or else when the request or the answer under way
  // began: bytes that dribble in gain no time.
  [[nodiscard]] Moment since() const { return since_; }

 private:
  [[nodiscard]] After answerAll(const Answerer& answer);
  [[nodiscard]] After send();

  Fd socket_;
  RequestBuffer in_;
  std::string out_;
  std::size_t sent_ = 0;  // Bytes of out_.
  std::uint64_t answered_ = 0;
  std::string problem_;
  Moment since_;
};

}  // namespace mailreeve::policyd
