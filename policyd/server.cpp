#include "policyd/server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/base/file.h"
#include "core/base/log.h"

namespace mailreeve::policyd {

namespace {

using std::chrono::milliseconds;

constexpr int kEvents = 64;  // Taken from epoll at once.
constexpr int kForever = -1;
constexpr milliseconds kSweepEvery{1000};
constexpr milliseconds kDrainStep{50};

Error failed(const char* doing) {
  return Error{ErrorCode::Internal,
               std::string(doing) + ": " + errnoText(errno)};
}

Connection::Moment now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::make(Listener listener,
                                             Answerer answer,
                                             ServerLimits limits) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.open()) return failed("epoll_create1");
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.open()) return failed("eventfd");
  std::unique_ptr<Server> server(new Server(std::move(listener),
                                            std::move(answer),
                                            limits,
                                            std::move(epoll),
                                            std::move(wake)));
  auto woken = server->watch(server->wake_.get(), EPOLLIN, &server->wake_);
  if (!woken) return std::move(woken).error();
  auto listening =
      server->watch(server->listener_.fd(), EPOLLIN, &server->listener_);
  if (!listening) return std::move(listening).error();
  return server;
}

Server::Server(
    Listener listener, Answerer answer, ServerLimits limits, Fd epoll, Fd wake)
    : listener_(std::move(listener)),
      answer_(std::move(answer)),
      limits_(limits),
      epoll_(std::move(epoll)),
      wake_(std::move(wake)),
      swept_(now()) {}

Result<Done> Server::watch(int fd, std::uint32_t events, void* what) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = what;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return failed("epoll_ctl");
  return Done{};
}

Result<Done> Server::run() {
  std::array<epoll_event, kEvents> events{};
  for (;;) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), kEvents, pause(now()));
    if (count < 0 && errno != EINTR) return failed("epoll_wait");
    const Moment at = now();
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      if (event.data.ptr == &wake_)
        startDraining(at);
      else if (event.data.ptr == &listener_)
        accept(at);
      else
        serve(*static_cast<Connection*>(event.data.ptr), at);
    }
    sweep(at);
    if (draining_ && drained(at)) return Done{};
  }
}

void Server::stop() {
  // Fails only when the counter is full: then it is awake already.
  (void)::eventfd_write(wake_.get(), 1);
}

// How long epoll may sleep until something is late.
int Server::pause(Moment at) const {
  if (connections_.empty() && accepting_ && !draining_) return kForever;
  const milliseconds shortest =
      draining_ ? kDrainStep
                : std::min({limits_.idle, limits_.request, kSweepEvery});
  const auto next = std::chrono::ceil<milliseconds>(swept_ + shortest - at);
  return static_cast<int>(std::max(next, milliseconds(0)).count());
}

void Server::accept(Moment at) {
  if (!listener_.open()) return;  // Closed after epoll had told of it.
  while (accepting_) {
    Fd socket(::accept4(
        listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.open()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) return;
      log::warn("cannot accept a connection: " + errnoText(errno));
      accepting_ = false;  // Out of descriptors or memory: wait for some.
      break;
    }
    const int fd = socket.get();
    auto connection = std::make_unique<Connection>(std::move(socket), at);
    if (auto done = watch(fd, EPOLLIN, connection.get()); !done) {
      log::warn(done.error().what);
      continue;  // Closes it; Postfix tries again.
    }
    connections_.emplace(fd, std::move(connection));
    ++counts_.accepted;
    counts_.open = connections_.size();
    if (connections_.size() >= limits_.connections) accepting_ = false;
  }
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.fd(), nullptr);
}

void Server::resumeAccepting() {
  if (accepting_ || draining_ || connections_.size() >= limits_.connections)
    return;
  accepting_ = true;
  if (auto done = watch(listener_.fd(), EPOLLIN, &listener_); !done) {
    log::warn(done.error().what);
    accepting_ = false;  // Until the next sweep.
  }
}

void Server::serve(Connection& connection, Moment at) {
  const bool wasBlocked = connection.blocked();
  const auto answered = connection.answered();
  const auto after =
      wasBlocked ? connection.flush(at) : connection.receive(answer_, at);
  counts_.requests += connection.answered() - answered;

  if (after == Connection::After::Malformed) {
    ++counts_.malformed;
    log::warn("connection closed after " + connection.problem());
  }
  if (after != Connection::After::Open) {
    close(connection);
    return;
  }
  if (connection.blocked() == wasBlocked) return;
  epoll_event event{};
  event.events = connection.blocked() ? EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd(), &event) != 0)
    close(connection);
}

void Server::close(const Connection& connection) {
  connections_.erase(connection.fd());
  counts_.open = connections_.size();
  resumeAccepting();
}

// Once a second: closes who is late. Few enough to look at each.
void Server::sweep(Moment at) {
  if (pause(at) > 0) return;
  swept_ = at;
  std::vector<const Connection*> late;
  for (const auto& [fd, connection] : connections_)
    if (at - connection->since() >=
        (connection->idle() ? limits_.idle : limits_.request))
      late.push_back(connection.get());
  for (const Connection* connection : late) {
    if (!connection->idle())
      log::warn("connection closed after a request that did not end in time");
    ++counts_.timedOut;
    close(*connection);
  }
  resumeAccepting();
}

void Server::startDraining(Moment at) {
  eventfd_t ignored = 0;
  (void)::eventfd_read(wake_.get(), &ignored);
  if (draining_) return;
  draining_ = true;
  drainingSince_ = at;
  listener_.removePath();
  accept(at);  // Who waits in the queue believes to be connected.
  listener_.close();
}

// A connection that has never asked gets the time to: it was accepted a moment
// ago. One that has is closed between two requests.
bool Server::drained(Moment at) {
  std::vector<Connection*> rest;
  for (const auto& [fd, connection] : connections_)
    if (connection->idle() && connection->answered() > 0)
      rest.push_back(connection.get());
  // What has just come is answered.
  for (Connection* connection : rest) serve(*connection, at);
  for (auto it = connections_.begin(); it != connections_.end();)
    it = it->second->idle() && it->second->answered() > 0
             ? connections_.erase(it)
             : std::next(it);
  if (at - drainingSince_ >= limits_.drain) connections_.clear();
  counts_.open = connections_.size();
  return connections_.empty();
}

}  // namespace mailreeve::policyd
