// Serves the policy delegation protocol, each connection on a thread of its
// own: it is woken beside the smtpd that asked, which halves what an answer
// costs against one thread for all. The server's own thread lets connections
// in and looks after their age; it must never wait for one of them.
//
// Postfix keeps a connection for many sessions and closes it after 300 s of
// silence; we must not be the first to close, or a request crosses our close.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <thread>

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

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;
  ~Server();

  // Serves until stop() is called; then nobody new is let in, whoever waits
  // for an answer gets it, and run() returns, at the latest after
  // limits.drain. An Error: poll failed, which is a bug or a lack of memory.
  [[nodiscard]] Result<Done> run();

  // Any thread.
  void stop();

  [[nodiscard]] const ServerCounts& counts() const { return counts_; }

 private:
  using Moment = Connection::Moment;

  // A connection and the thread that serves it.
  struct Place {
    Place(Fd socket, Moment at) : connection(std::move(socket), at) {}

    Connection connection;
    bool late = false;               // The sweep has ended it.
    std::atomic<bool> ended{false};  // The thread needs nothing any more.
    std::jthread thread;             // Last: it is joined before all else goes.
  };

  Server(Listener listener, Answerer answer, ServerLimits limits, Fd wake);

  [[nodiscard]] bool full() const;
  [[nodiscard]] int pause(Moment at) const;
  void accept(Moment at);
  [[nodiscard]] Result<Done> seat(Fd socket, Moment at);
  void serve(Place& place);
  void wakeUp();
  void clearEnded();
  void sweep(Moment at);
  void startDraining(Moment at);
  [[nodiscard]] bool drained(Moment at);

  Listener listener_;
  Answerer answer_;
  ServerLimits limits_;
  Fd wake_;  // Written to when a connection has ended, and by stop().
  std::atomic<bool> stopping_{false};
  ServerCounts counts_;
  std::list<Place> places_;
  bool exhausted_ = false;  // Descriptors, threads or memory are short.
  bool draining_ = false;
  Moment drainingSince_;
  Moment swept_;
};

}  // namespace mailreeve::policyd
