// Serves the policy delegation protocol on one thread: answers come from
// memory, so that nothing here ever waits but epoll.
//
// Postfix keeps a connection for many sessions and closes it after 300 s of
// silence; we must not be the first to close, or a request crosses our close.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "core/base/fd.h"
#include "core/base/result.h"
#include "policyd/connection.h"
#include "policyd/listener.h"

namespace mailreeve::policyd {

struct ServerLimits {
  std::size_t connections = 4000;           // More wait in the kernel's queue.
  std::chrono::milliseconds idle{900'000};  // Between two requests.
  std::chrono::milliseconds request{30'000};  // Its first byte to its last;
                                              // also for taking an answer.
  std::chrono::milliseconds drain{5'000};     // After stop().
};

struct ServerCounts {
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> malformed{0};
  std::atomic<std::uint64_t> timedOut{0};
};

class Server {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Server>> make(
      Listener listener, Answerer answer, ServerLimits limits = {});

  // Serves until stop() is called; then nobody new is let in, whoever waits
  // for an answer gets it, and run() returns, at the latest after
  // limits.drain. An Error: epoll failed, which is a bug or a lack of memory.
  [[nodiscard]] Result<Done> run();

  // Any thread.
  void stop();

  [[nodiscard]] const ServerCounts& counts() const { return counts_; }

 private:
  using Moment = Connection::Moment;

  Server(Listener listener,
         Answerer answer,
         ServerLimits limits,
         Fd epoll,
         Fd wake);

  [[nodiscard]] Result<Done> watch(int fd, std::uint32_t events, void* what);
  [[nodiscard]] int pause(Moment at) const;
  void accept(Moment at);
  void resumeAccepting();
  void serve(Connection& connection, Moment at);
  void close(const Connection& connection);
  void sweep(Moment at);
  void startDraining(Moment at);
  [[nodiscard]] bool drained(Moment at);

  Listener listener_;
  Answerer answer_;
  ServerLimits limits_;
  Fd epoll_;
  Fd wake_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  bool accepting_ = true;  // False while connections or descriptors are short.
  bool draining_ = false;
  Moment drainingSince_;
  Moment swept_;
  ServerCounts counts_;
};

}  // namespace mailreeve::policyd
