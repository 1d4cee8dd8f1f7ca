#include "core/scan/connections.h"

namespace mailreeve::scan {

namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

Connections::Slot::~Slot() {
  if (!of_) return;
  {
    const std::lock_guard lock(of_->mutex_);
    of_->taken_ -= 1;
  }
  of_->freed_.notify_one();
}

std::optional<Connections::Slot> Connections::tryTake() {
  return take(Deadline::min());
}

std::optional<Connections::Slot> Connections::take(Deadline deadline) {
  std::unique_lock lock(mutex_);
  while (taken_ >= most_)
    if (Steady::now() >= deadline ||
        (freed_.wait_until(lock, deadline) == std::cv_status::timeout &&
         taken_ >= most_))
      return std::nullopt;
  taken_ += 1;
  return Slot(shared_from_this());
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
