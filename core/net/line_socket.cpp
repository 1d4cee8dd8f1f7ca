#include "core/net/line_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include <poll.h>
#include <sys/socket.h>

namespace mailreeve::net {

LineSocket::Ready LineSocket::await(short events,
                                    Deadline deadline,
                                    int stop) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Ready::Late;
    // poll(2) passes over a descriptor of -1.
    std::array<pollfd, 2> waits = {
        {{socket_.get(), events, 0}, {stop, POLLIN, 0}}};
    const auto wait = std::min<std::int64_t>(left.count(), INT_MAX);
    if (::poll(waits.data(), waits.size(), static_cast<int>(wait)) <= 0)
      continue;
    if (waits[1].revents != 0) return Ready::Stopped;
    return Ready::Yes;
  }
}

LineSocket::Got LineSocket::read(std::string& line, Deadline deadline) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos && end <= limit_) {
      line.assign(buffer_, 0, end);
      buffer_.erase(0, end + 1);
      searched_ = 0;
      return Got::Line;
    }
    searched_ = buffer_.size();
    if (searched_ > limit_) return Got::TooLong;

    const Ready ready = await(POLLIN, deadline, stop_);
    if (ready == Ready::Late) return Got::Late;
    if (ready == Ready::Stopped) return Got::Stopped;
    std::array<char, 16384> chunk{};
    const ssize_t n = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (n == 0) return Got::End;
    if (n > 0)
      buffer_.append(chunk.data(), static_cast<std::size_t>(n));
    else if (errno != EINTR && errno != EAGAIN)
      return Got::End;
  }
}

bool LineSocket::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t n =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR && errno != EAGAIN)
      return false;
    else if (await(POLLOUT, deadline, -1) != Ready::Yes)
      return false;
  }
  return true;
}

}  // namespace mailreeve::net
