#include "core/net/stream_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/base/file.h"
#include "core/net/unix_socket.h"

namespace mailreeve::net {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kPiece = 16384;

Error cannotConnect(const Endpoint& endpoint, int code) {
  return {ErrorCode::Unavailable,
          endpoint.text() + ": connect: " + errnoText(code)};
}

template <class Address>
const sockaddr* generic(const Address& address) {
  // The sockets API was made before void*.
  return reinterpret_cast<const sockaddr*>(&address);  // NOLINT
}

template <class Address>
Result<Fd> connectTo(const Endpoint& endpoint,
                     int family,
                     const Address& address) {
  Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return cannotConnect(endpoint, errno);
  // Small frames are sent one behind the other: none may wait for an ACK.
  const int on = 1;
  (void)::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), generic(address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    return cannotConnect(endpoint, errno);
  return fd;
}

Result<Fd> connectTcp(const Endpoint& endpoint) {
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    return connectTo(endpoint, AF_INET, v4);
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, endpoint.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    return connectTo(endpoint, AF_INET6, v6);
  }
  return Error{ErrorCode::Invalid, endpoint.text() + ": no IP address"};
}

std::chrono::milliseconds left(StreamSocket::Deadline deadline) {
  return std::max(
      std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()),
      std::chrono::milliseconds(0));
}

bool again(int code) {
  return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

}  // namespace

Result<StreamSocket> StreamSocket::connect(const Endpoint& endpoint,
                                           Deadline deadline) {
  auto fd = endpoint.path.empty() ? connectTcp(endpoint)
                                  : connectUnix(endpoint.path, left(deadline));
  if (!fd) return std::move(fd).error();
  return StreamSocket(*std::move(fd), endpoint.text());
}

Result<std::optional<StreamSocket>> StreamSocket::tryConnect(
    const Endpoint& endpoint) {
  if (endpoint.path.empty()) {
    auto fd = connectTcp(endpoint);
    if (!fd) return std::move(fd).error();
    return std::optional(StreamSocket(*std::move(fd), endpoint.text()));
  }
  auto fd = tryConnectUnix(endpoint.path);
  if (!fd) return std::move(fd).error();
  if (!*fd) return std::optional<StreamSocket>();
  return std::optional(StreamSocket(**std::move(fd), endpoint.text()));
}

Result<std::size_t> StreamSocket::trySend(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(
        fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n >= 0) {
      sent += static_cast<std::size_t>(n);
    } else if (errno == EINTR) {
      continue;
    } else if (again(errno)) {
      break;
    } else {
      return failed("send", errno);
    }
  }
  return sent;
}

Result<Done> StreamSocket::send(std::string_view bytes, Deadline deadline) {
  for (;;) {
    const auto sent = trySend(bytes);
    if (!sent) return sent.error();
    bytes.remove_prefix(*sent);
    if (bytes.empty()) return Done{};
    if (!await(POLLOUT, deadline)) return late("send");
  }
}

void StreamSocket::endSending() {
  (void)::shutdown(fd_.get(), SHUT_WR);  // A peer that is gone is met later.
}

Result<StreamSocket::Got> StreamSocket::tryReceive(std::string& into,
                                                   std::size_t limit) {
  std::array<char, kPiece> piece{};
  Got got = Got::Nothing;
  for (;;) {
    const ssize_t n = ::recv(fd_.get(), piece.data(), piece.size(), 0);
    if (n == 0) return got == Got::Bytes ? got : Got::End;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && again(errno)) return got;
    // What came before the break is delivered first.
    if (n < 0 && got == Got::Bytes) return got;
    if (n < 0) return failed("receive", errno);
    if (static_cast<std::size_t>(n) > limit - std::min(limit, into.size()))
      return Error{
          ErrorCode::Invalid,
          peer_ + ": more than " + std::to_string(limit) + " bytes of answer"};
    into.append(piece.data(), static_cast<std::size_t>(n));
    got = Got::Bytes;
  }
}

Result<bool> StreamSocket::receive(std::string& into,
                                   std::size_t limit,
                                   Deadline deadline) {
  for (;;) {
    const auto got = tryReceive(into, limit);
    if (!got) return got.error();
    if (*got != Got::Nothing) return *got == Got::Bytes;
    if (!await(POLLIN, deadline)) return late("receive");
  }
}

Result<std::string> StreamSocket::receiveAll(std::size_t limit,
                                             Deadline deadline) {
  std::string all;
  for (;;) {
    const auto more = receive(all, limit, deadline);
    if (!more) return more.error();
    if (!*more) return all;
  }
}

bool StreamSocket::awaitProgress(Deadline deadline) const {
  return await(POLLIN | POLLOUT, deadline);
}

bool StreamSocket::awaitAnswer(Deadline deadline) const {
  return await(POLLIN, deadline);
}

bool StreamSocket::idle() const {
  char byte = 0;
  const ssize_t n = ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && again(errno);
}

bool StreamSocket::await(short events, Deadline deadline) const {
  for (;;) {
    pollfd wait = {fd_.get(), events, 0};
    const auto most = std::min<std::int64_t>(left(deadline).count(), INT_MAX);
    const int ready = ::poll(&wait, 1, static_cast<int>(most));
    if (ready > 0) return true;
    if (ready == 0 && Steady::now() >= deadline) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

Error StreamSocket::failed(const char* doing, int code) const {
  return {ErrorCode::Unavailable,
          peer_ + ": " + doing + ": " + errnoText(code)};
}

Error StreamSocket::late(const char* doing) const {
  return {ErrorCode::Unavailable,
          peer_ + ": " + doing + ": no progress in time"};
}

}  // namespace mailreeve::net
