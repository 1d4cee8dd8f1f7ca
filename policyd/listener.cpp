#include "policyd/listener.h"

#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/net/unix_socket.h"

namespace mailreeve::policyd {

namespace {

// With a short queue some of many smtpds that start at once get "Resource
// temporarily unavailable" and answer their clients with 451.
constexpr int kBacklog = 1024;

}  // namespace

Result<Listener> Listener::open(const std::filesystem::path& path,
                                mode_t mode,
                                gid_t group) {
  auto fd = net::listenUnix(path, mode);
  if (!fd) return std::move(fd).error();

  struct stat made {};

  if (::stat(path.c_str(), &made) != 0 ||
      ::chown(path.c_str(), static_cast<uid_t>(-1), group) != 0 ||
      ::listen(fd->get(), kBacklog) != 0)
    return Error{ErrorCode::Unavailable,
                 path.string() + ": " + errnoText(errno)};
  return Listener(*std::move(fd), path, made.st_ino);
}

void Listener::removePath() {
  const auto path = std::exchange(path_, {});
  if (path.empty()) return;

  struct stat found {};

  if (::lstat(path.c_str(), &found) == 0 && found.st_ino == inode_)
    ::unlink(path.c_str());
}

}  // namespace mailreeve::policyd
