#include "core/net/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/file.h"

namespace mailreeve::net {

namespace {

constexpr int kBacklog = 128;

Error failed(const std::filesystem::path& path, const char* doing, int code) {
  return Error{ErrorCode::Unavailable,
               path.string() + ": " + doing + ": " + errnoText(code)};
}

Result<sockaddr_un> addressOf(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof(address.sun_path))
    return Error{ErrorCode::Invalid,
                 text +
                     ": too long for the path of a socket, which has room "
                     "for " +
                     std::to_string(sizeof(address.sun_path) - 1) + " bytes"};
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  // The sockets API was made before void*.
  return reinterpret_cast<const sockaddr*>(&address);  // NOLINT
}

Result<Fd> openSocket(const std::filesystem::path& path) {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return failed(path, "socket", errno);
  return fd;
}

// Whether the place at `path` may be taken.
Result<Done> mayReplace(const std::filesystem::path& path) {
  struct stat found {};

  if (::lstat(path.c_str(), &found) != 0) return Done{};
  if (!S_ISSOCK(found.st_mode))
    return Error{ErrorCode::Invalid,
                 path.string() + ": is there already and is no socket"};
  if (connectUnix(path, std::chrono::seconds(1)))
    return Error{ErrorCode::Invalid,
                 path.string() + ": another process answers on it"};
  return Done{};
}

}  // namespace

Result<Fd> listenUnix(const std::filesystem::path& path, mode_t mode) {
  auto free = mayReplace(path);
  if (!free) return std::move(free).error();

  const std::filesystem::path temporary =
      path.string() + "." + std::to_string(::getpid());
  auto address = addressOf(temporary);
  if (!address) return std::move(address).error();
  auto fd = openSocket(path);
  if (!fd) return fd;
  ::unlink(temporary.c_str());
  if (::bind(fd->get(), generic(*address), sizeof(*address)) != 0)
    return failed(path, "bind", errno);
  // The directory may be another user's: chmod(2) would follow his link.
  if (::fchmodat(AT_FDCWD, temporary.c_str(), mode, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::listen(fd->get(), kBacklog) != 0 ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int code = errno;
    ::unlink(temporary.c_str());
    return failed(path, "listen", code);
  }
  return fd;
}

Result<std::optional<Fd>> tryConnectUnix(const std::filesystem::path& path) {
  auto address = addressOf(path);
  if (!address) return std::move(address).error();
  auto fd = openSocket(path);
  if (!fd) return std::move(fd).error();
  while (::connect(fd->get(), generic(*address), sizeof(*address)) != 0) {
    if (errno == EAGAIN) return std::optional<Fd>();
    if (errno != EINTR) return failed(path, "connect", errno);
  }
  return std::optional(*std::move(fd));
}

Result<Fd> connectUnix(const std::filesystem::path& path,
                       std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    auto fd = tryConnectUnix(path);
    if (!fd) return std::move(fd).error();
    if (*fd) return **std::move(fd);
    if (std::chrono::steady_clock::now() >= deadline)
      return failed(path, "connect", ETIMEDOUT);
    // poll(2) cannot wait for room in the queue.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace mailreeve::net
