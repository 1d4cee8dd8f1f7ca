// A connection to a server, Unix or TCP: what every client of a scanner is made
// of. Each call that may wait has a deadline, and each that collects bytes has
// a limit; the calls named try... never wait, so that one thread can keep
// several conversations going.
//
// Used by one thread at a time. Closing it ends the conversation.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/fd.h"
#include "core/base/result.h"
#include "core/net/endpoint.h"

namespace mailreeve::net {

class StreamSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Connects, or over TCP begins to: whether somebody is there is then the
  // answer of the first call that sends or receives. Until `deadline` it waits
  // only for a Unix listener whose queue is full.
  [[nodiscard]] static Result<StreamSocket> connect(const Endpoint& endpoint,
                                                    Deadline deadline);

  // The same without waiting; nothing while a Unix listener's queue is full.
  [[nodiscard]] static Result<std::optional<StreamSocket>> tryConnect(
      const Endpoint& endpoint);

  // A connected, non-blocking descriptor; `peer` is its name in errors.
  StreamSocket(Fd fd, std::string peer)
      : fd_(std::move(fd)), peer_(std::move(peer)) {}

  // How many of `bytes` were taken, which may be none. Unavailable: the peer is
  // gone; what it said before that can still be received.
  [[nodiscard]] Result<std::size_t> trySend(std::string_view bytes);

  // All of them.
  [[nodiscard]] Result<Done> send(std::string_view bytes, Deadline deadline);

  // No more will be sent; the peer sees the end.
  void endSending();

  enum class Got { Bytes, Nothing, End };

  // Appends to `into` what has come. Invalid when `into` would hold more than
  // `limit` bytes; Unavailable when the connection broke.
  [[nodiscard]] Result<Got> tryReceive(std::string& into, std::size_t limit);

  // Waits for at least one byte; false at the end of the stream. Unavailable
  // also when the deadline passes.
  [[nodiscard]] Result<bool> receive(std::string& into,
                                     std::size_t limit,
                                     Deadline deadline);

  // Everything up to the end of the stream.
  [[nodiscard]] Result<std::string> receiveAll(std::size_t limit,
                                               Deadline deadline);

  // Waits until the peer takes bytes or has sent some, or is gone; false when
  // the deadline comes first.
  [[nodiscard]] bool awaitProgress(Deadline deadline) const;

  // The same, while nothing is to be sent.
  [[nodiscard]] bool awaitAnswer(Deadline deadline) const;

  // Whether an idle connection is still good: the peer has neither closed it
  // nor said something that nobody asked for.
  [[nodiscard]] bool idle() const;

  [[nodiscard]] const std::string& peer() const { return peer_; }

  // For poll(2) with others.
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  [[nodiscard]] bool await(short events, Deadline deadline) const;
  [[nodiscard]] Error failed(const char* doing, int code) const;
  [[nodiscard]] Error late(const char* doing) const;

  Fd fd_;
  std::string peer_;
};

}  // namespace mailreeve::net
