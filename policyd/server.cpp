#include "policyd/server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/base/file.h"
#include "core/base/log.h"

namespace mailreeve::policyd {

namespace {

using std::chrono::milliseconds;

constexpr int kForever = -1;
constexpr int kNoDescriptor = -1;  // poll(2) passes over it.
constexpr milliseconds kSweepEvery{1000};
constexpr milliseconds kDrainStep{50};

Error failed(const char* doing) {
  return Error{ErrorCode::Internal,
               std::string(doing) + ": " + errnoText(errno)};
}

Connection::Moment now() {
  return CoarseClock::now();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::make(Listener listener,
                                             Answerer answer,
                                             ServerLimits limits) {
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.open()) return failed("eventfd");
  return std::unique_ptr<Server>(new Server(
      std::move(listener), std::move(answer), limits, std::move(wake)));
}

Server::Server(Listener listener, Answerer answer, ServerLimits limits, Fd wake)
    : listener_(std::move(listener)),
      answer_(std::move(answer)),
      limits_(limits),
      wake_(std::move(wake)),
      swept_(now()) {}

Server::~Server() {
  for (const Place& place : places_) place.connection.end();
  places_.clear();
}

Result<Done> Server::run() {
  for (;;) {
    const bool accepting = !full() && !draining_;
    std::array<pollfd, 2> watched{{
        {wake_.get(), POLLIN, 0},
        {accepting ? listener_.fd() : kNoDescriptor, POLLIN, 0},
    }};
    const int count = ::poll(watched.data(), watched.size(), pause(now()));
    if (count < 0 && errno != EINTR) return failed("poll");
    const Moment at = now();
    eventfd_t ignored = 0;
    (void)::eventfd_read(wake_.get(), &ignored);  // First: what is told of
                                                  // later wakes us again.
    clearEnded();
    if (watched[1].revents != 0) accept(at);
    if (stopping_ && !draining_) startDraining(at);
    sweep(at);
    if (draining_ && drained(at)) return Done{};
  }
}

void Server::stop() {
  stopping_ = true;
  wakeUp();
}

void Server::wakeUp() {
  // Fails only when the counter is full: then it is awake already.
  (void)::eventfd_write(wake_.get(), 1);
}

bool Server::full() const {
  return exhausted_ || places_.size() >= limits_.connections;
}

// How long poll may sleep until something is late.
int Server::pause(Moment at) const {
  if (places_.empty() && !exhausted_ && !draining_) return kForever;
  const milliseconds shortest =
      draining_ ? kDrainStep
                : std::min({limits_.idle, limits_.request, kSweepEvery});
  const auto next = std::chrono::ceil<milliseconds>(swept_ + shortest - at);
  return static_cast<int>(std::max(next, milliseconds(0)).count());
}

// Until nobody waits or no more can be let in.
void Server::accept(Moment at) {
  while (!full()) {
    Fd socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.open()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) return;
      log::warn("cannot accept a connection: " + errnoText(errno));
      exhausted_ = true;  // Until a connection ends or the next sweep.
      return;
    }
    if (auto seated = seat(std::move(socket), at); !seated) {
      log::warn(seated.error().what);  // It is closed; Postfix tries again.
      exhausted_ = true;
    }
  }
}

Result<Done> Server::seat(Fd socket, Moment at) {
  Place& place = places_.emplace_back(std::move(socket), at);
  ++counts_.accepted;  // Before its thread answers.
  counts_.open = places_.size();
  try {
    place.thread = std::jthread([this, &place] { serve(place); });
  } catch (const std::system_error& e) {
    places_.pop_back();
    counts_.open = places_.size();
    return Error{ErrorCode::Unavailable,
                 "cannot start a connection's thread: " + e.code().message()};
  }
  return Done{};
}

// On the thread of the connection.
void Server::serve(Place& place) {
  if (auto served = place.connection.serve(answer_, counts_.requests);
      !served) {
    ++counts_.malformed;
    log::warn("connection closed after " + served.error().what);
  }
  place.connection.end();
  place.ended = true;
  wakeUp();
}

void Server::clearEnded() {
  const auto ended =
      places_.remove_if([](const Place& place) { return place.ended.load(); });
  counts_.open = places_.size();
  if (ended > 0) exhausted_ = false;
}

// Once a second: ends who is late. Few enough to look at each.
void Server::sweep(Moment at) {
  if (pause(at) > 0) return;
  swept_ = at;
  exhausted_ = false;
  for (Place& place : places_) {
    if (place.late || place.ended) continue;
    const bool idle = place.connection.idle();
    if (at - place.connection.since() < (idle ? limits_.idle : limits_.request))
      continue;
    if (!idle)
      log::warn("connection closed after a request that did not end in time");
    ++counts_.timedOut;
    place.late = true;
    place.connection.end();
  }
}

void Server::startDraining(Moment at) {
  draining_ = true;
  drainingSince_ = at;
  listener_.removePath();
  accept(at);  // Who waits in the queue believes to be connected.
  listener_.close();
}

// A connection that has never asked gets the time to: it was accepted a moment
// ago. One that has is closed between two requests.
bool Server::drained(Moment at) {
  const bool late = at - drainingSince_ >= limits_.drain;
  for (const Place& place : places_) {
    if (late)
      place.connection.end();
    else if (place.connection.idle() && place.connection.hasAsked())
      place.connection.stopReceiving();
  }
  if (late) places_.clear();
  counts_.open = places_.size();
  return places_.empty();
}

}  // namespace mailreeve::policyd
