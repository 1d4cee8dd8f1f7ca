#include "mgmtd/apply/lock.h"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

namespace mailreeve::apply {

Result<ApplyLock> ApplyLock::take(const Paths& paths) {
  auto made = makeDirectories(paths.state);
  if (!made) return std::move(made).error();
  const auto path = paths.state / "apply.lock";
  // Who may open it may lock it.
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.open())
    return Error{errno == EACCES ? ErrorCode::Invalid : ErrorCode::Unavailable,
                 path.string() + ": open: " + errnoText(errno)};
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    const auto holder = readFile(path, 64);
    return Error{ErrorCode::Unavailable,
                 "another apply is at work (process " +
                     (holder ? std::string(trim(*holder)) : "?") +
                     "); try again when it has ended"};
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd.get(), 0) != 0 ||
      ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
    return Error{ErrorCode::Unavailable,
                 path.string() + ": write: " + errnoText(errno)};
  return ApplyLock(std::move(fd));
}

}  // namespace mailreeve::apply
