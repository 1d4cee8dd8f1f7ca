// A server on a real Unix socket that answers as a test says: what an engine
// would send, and the faults none should have.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

#include "core/net/endpoint.h"
#include "core/net/unix_socket.h"
#include "core/scan/scanner.h"
#include "tests/unit/scratch.h"

namespace mailreeve::scan {

// One accepted connection, as the server sees it.
class Peer {
 public:
  Peer(Fd fd, const std::atomic<bool>& ending)
      : fd_(std::move(fd)), ending_(&ending) {}

  // Exactly `count` bytes; nothing when the client is gone first.
  std::optional<std::string> read(std::size_t count) {
    std::string out(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const auto n = receive(out.data() + got, count - got);
      if (n <= 0) return std::nullopt;
      got += static_cast<std::size_t>(n);
    }
    return out;
  }

  // Up to and with `end`.
  std::optional<std::string> readUntil(const std::string& end) {
    std::string out;
    while (out.size() < end.size() ||
           out.compare(out.size() - end.size(), end.size(), end) != 0) {
      auto byte = read(1);
      if (!byte) return std::nullopt;
      out += *byte;
    }
    return out;
  }

  void say(std::string_view bytes) {
    (void)::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  // Until the client leaves or the test ends.
  void silence() { (void)readUntil("\x01never\x01"); }

  // The same, for a client that has said all it has to say.
  void stay() {
    pollfd wait = {fd_.get(), 0, 0};
    while (!*ending_ && ::poll(&wait, 1, 20) == 0) {
    }
  }

  // As long as the client is there: one byte, a second, the next byte.
  void dribble(std::string_view bytes) {
    pollfd wait = {fd_.get(), 0, 0};
    for (const char byte : bytes) {
      say({&byte, 1});
      for (int i = 0; i < 50; ++i)
        if (*ending_ || ::poll(&wait, 1, 20) != 0) return;
    }
  }

  void close() { fd_.reset(); }

 private:
  ssize_t receive(char* to, std::size_t count) {
    for (;;) {
      pollfd wait = {fd_.get(), POLLIN, 0};
      if (*ending_) return -1;
      if (::poll(&wait, 1, 20) > 0) return ::recv(fd_.get(), to, count, 0);
    }
  }

  Fd fd_;
  const std::atomic<bool>* ending_;
};

class EngineDouble {
 public:
  using Behaviour = std::function<void(Peer&)>;

  explicit EngineDouble(Behaviour behaviour)
      : behaviour_(std::move(behaviour)) {
    auto listener = net::listenUnix(scratch_.path / "engine", 0600);
    if (!listener) throw std::runtime_error(listener.error().what);
    listener_ = *std::move(listener);
    acceptor_ = std::thread([this] { accept(); });
  }

  EngineDouble(const EngineDouble&) = delete;
  EngineDouble& operator=(const EngineDouble&) = delete;
  EngineDouble(EngineDouble&&) = delete;
  EngineDouble& operator=(EngineDouble&&) = delete;

  ~EngineDouble() {
    ending_ = true;
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
  }

  [[nodiscard]] net::Endpoint endpoint() const {
    return {scratch_.path / "engine", {}, 0};
  }

  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept() {
    while (!ending_) {
      pollfd wait = {listener_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!fd.open()) continue;
      ++connections_;
      threads_.emplace_back(
          [this, peer = Peer(std::move(fd), ending_)]() mutable {
            behaviour_(peer);
          });
    }
  }

  Scratch scratch_;
  Behaviour behaviour_;
  Fd listener_;
  std::atomic<bool> ending_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<std::thread> threads_;  // The acceptor's.
  std::thread acceptor_;
};

// What one INSTREAM brought; nothing when the client is gone.
inline std::optional<std::string> readInstream(Peer& peer) {
  std::string all;
  for (;;) {
    const auto head = peer.read(4);
    if (!head) return std::nullopt;
    std::size_t length = 0;
    for (const char c : *head)
      length = length << 8U | static_cast<unsigned char>(c);
    if (length == 0) return all;
    auto bytes = peer.read(length);
    if (!bytes) return std::nullopt;
    all += *bytes;
  }
}

// A clamd that finds "EICAR" and nothing else, as often as it is asked.
inline void behaveAsClamd(Peer& peer) {
  const std::string nul(1, '\0');
  if (peer.readUntil(nul) != "zIDSESSION" + nul) return;
  for (int number = 1; peer.readUntil(nul) == "zINSTREAM" + nul; ++number) {
    const auto bytes = readInstream(peer);
    if (!bytes) return;
    const bool found = bytes->find("EICAR") != std::string::npos;
    peer.say(std::to_string(number) +
             ": stream: " + (found ? "Eicar-Test FOUND" : "OK") + nul);
  }
}

inline Deadline within(std::chrono::milliseconds limit) {
  return std::chrono::steady_clock::now() + limit;
}

// "clean", "too large", the name of a virus, or "error".
inline std::string wordFor(const Result<Finding>& finding) {
  if (!finding) return "error";
  if (finding->kind == Finding::Kind::Infected) return finding->virus;
  return finding->kind == Finding::Kind::Clean ? "clean" : "too large";
}

}  // namespace mailreeve::scan
