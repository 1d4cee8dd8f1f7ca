// One request and its answer on the wire, a step at a time: whoever owns it
// says when, and keeps the time. It never waits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <poll.h>

#include "core/base/result.h"
#include "core/net/endpoint.h"
#include "core/net/stream_socket.h"

namespace mailreeve::spam {

// One thread at a time.
class Exchange {
 public:
  // `message` goes behind `head`, and must stay until abandon() or the end.
  Exchange(std::string head, std::string_view message);

  // Connects, sends and receives what goes now.
  void advance(const net::Endpoint& endpoint);

  // The end, for a reason from outside.
  void fail(Error why);

  // Nobody wants the answer, and the message goes. What spamd has whole it
  // works on all the same: that is over only when spamd is through with it;
  // else the next step is the last. Closes nothing.
  void abandon();

  [[nodiscard]] bool over() const { return outcome_.has_value(); }

  // Whether it is over because spamd has said something.
  [[nodiscard]] bool answered() const { return over() && outcome_->ok(); }

  // For poll(2): when advance() has something to do. Without a descriptor there
  // was no room in the listener's queue, which nothing can wait for.
  [[nodiscard]] pollfd awaits() const;

  // What spamd has said. Once, when it is over.
  [[nodiscard]] Result<std::string> take() { return *std::move(outcome_); }

 private:
  [[nodiscard]] std::string_view rest() const;  // A part not yet sent.
  [[nodiscard]] bool connected(const net::Endpoint& endpoint);
  void send();
  void receive();
  void end(Result<std::string> outcome);

  std::string head_;
  std::string_view message_;
  std::size_t most_;      // Bytes an answer may have.
  std::size_t sent_ = 0;  // Bytes of head and message.
  bool allSent_ = false;
  bool abandoned_ = false;
  std::optional<net::StreamSocket> socket_;
  std::optional<Error> broken_;  // Why no more can be sent.
  std::string answer_;
  std::optional<Result<std::string>> outcome_;
};

}  // namespace mailreeve::spam
