#include "core/scan/connections.h"

namespace mailreeve::scan {

namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

Connections::Slot::~Slot() {
  if (!of_) return;
  {
    const std::lock_guard lock(of_->mutex_);
    of_->taken(use_) -= 1;
  }
  of_->freed_.notify_all();
}

std::optional<Connections::Slot> Connections::takeArriving() {
  const std::lock_guard lock(mutex_);
  if (taken(Use::Arriving) >= most_) return std::nullopt;
  taken(Use::Arriving) += 1;
  return Slot(shared_from_this(), Use::Arriving);
}

std::optional<Connections::Slot> Connections::takeAnswering(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const bool free = freed_.wait_until(
      lock, deadline, [this] { return taken(Use::Answering) < most_; });
  if (!free) return std::nullopt;
  taken(Use::Answering) += 1;
  return Slot(shared_from_this(), Use::Answering);
}

Result<Connection> Connections::connect(Deadline deadline, bool fresh) {
  if (!fresh) {
    const std::lock_guard lock(mutex_);
    while (!open_.empty()) {
      Idle newest = std::move(open_.back());
      open_.pop_back();
      if (Steady::now() - newest.since < idle_ &&
          newest.connection.socket.idle())
        return std::move(newest.connection);
    }
  }
  auto socket = net::StreamSocket::connect(endpoint_, deadline);
  if (!socket) return std::move(socket).error();
  return Connection{*std::move(socket)};
}

void Connections::keep(Connection connection) {
  const std::lock_guard lock(mutex_);
  if (open_.size() < most_)
    open_.push_back({std::move(connection), Steady::now()});
}

}  // namespace mailreeve::scan
