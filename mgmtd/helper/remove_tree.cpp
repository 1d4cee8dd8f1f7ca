#include "mgmtd/helper/remove_tree.h"

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"

namespace mailreeve::helper {

namespace {

constexpr int kDepth = 64;

Error failed(const std::string& name, int code) {
  return {code == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable,
          name + ": " + errnoText(code)};
}

// A directory, itself and not a link to one, of root's or our own.
Result<Fd> openOwned(int parent, const std::string& name) {
  Fd fd(::openat(
      parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.open()) return failed(name, errno);

  struct stat found {};

  if (::fstat(fd.get(), &found) != 0) return failed(name, errno);
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return Error{ErrorCode::Invalid, name + ": is another user's"};
  return fd;
}

std::string currentOf(int generations) {
  std::array<char, 64> target{};
  const ssize_t n =
      ::readlinkat(generations, "current", target.data(), target.size());
  std::string text(target.data(), static_cast<std::size_t>(n < 0 ? 0 : n));
  return text.substr(text.rfind('/') + 1);
}

Result<std::vector<std::string>> namesIn(int directory) {
  const int again =
      ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return failed("open", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again),
                                                   &::closedir);
  if (!stream) {
    ::close(again);
    return failed("open", errno);
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {  // NOLINT(*-mt-*)
    const std::string name = &entry->d_name[0];
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

Result<Done> empty(int directory, dev_t device, int depth);

Result<Done> removeEntry(int parent,
                         const std::string& name,
                         dev_t device,
                         int depth) {
  struct stat found {};

  if (::fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return failed(name, errno);
  if (found.st_dev != device)
    return Error{ErrorCode::Invalid, name + ": another file system"};
  if (!S_ISDIR(found.st_mode)) {
    if (::unlinkat(parent, name.c_str(), 0) != 0) return failed(name, errno);
    return Done{};
  }
  const Fd fd(::openat(
      parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.open()) return failed(name, errno);
  auto emptied = empty(fd.get(), device, depth + 1);
  if (!emptied) return emptied;
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0)
    return failed(name, errno);
  return Done{};
}

Result<Done> empty(int directory, dev_t device, int depth) {
  if (depth > kDepth) return Error{ErrorCode::Invalid, "nested too deep"};
  auto names = namesIn(directory);
  if (!names) return std::move(names).error();
  for (const auto& name : *names) {
    auto gone = removeEntry(directory, name, device, depth);
    if (!gone) return gone;
  }
  return Done{};
}

}  // namespace

Result<Done> removeGeneration(const std::filesystem::path& generations,
                              std::uint64_t number) {
  const std::string name = std::to_string(number);
  if (number == 0)
    return Error{ErrorCode::Invalid, "generation 0 is never deleted"};
  auto all = openOwned(AT_FDCWD, generations.string());
  if (!all) return std::move(all).error();
  if (currentOf(all->get()) == name)
    return Error{ErrorCode::Invalid, "generation " + name + " is in force"};
  auto one = openOwned(all->get(), name);
  if (!one) return std::move(one).error().within("generation");

  // Renamed first: what is half deleted is not taken for a generation.
  const std::string doomed = name + ".deleted";
  if (::renameat(all->get(), name.c_str(), all->get(), doomed.c_str()) != 0)
    return failed(name, errno);

  struct stat found {};

  if (::fstat(one->get(), &found) != 0) return failed(name, errno);
  auto emptied = empty(one->get(), found.st_dev, 0);
  if (!emptied) return std::move(emptied).error().within("generation " + name);
  if (::unlinkat(all->get(), doomed.c_str(), AT_REMOVEDIR) != 0)
    return failed(doomed, errno);
  return Done{};
}

}  // namespace mailreeve::helper
