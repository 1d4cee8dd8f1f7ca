#include "core/base/file.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace mailreeve {

namespace {

Error failed(const std::filesystem::path& path, const char* doing, int code) {
  const auto kind = code == ENOENT                    ? ErrorCode::NotFound
                    : code == EACCES || code == EPERM ? ErrorCode::Invalid
                                                      : ErrorCode::Unavailable;
  return Error{kind, path.string() + ": " + doing + ": " + errnoText(code)};
}

Result<Done> writeAll(int fd,
                      std::string_view bytes,
                      const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return Done{};
}

Result<Done> fill(int fd,
                  const std::filesystem::path& path,
                  std::string_view bytes,
                  mode_t mode,
                  uid_t owner,
                  gid_t group) {
  if (::fchmod(fd, mode) != 0) return failed(path, "chmod", errno);
  if (::fchown(fd, owner, group) != 0) return failed(path, "chown", errno);
  auto written = writeAll(fd, bytes, path);
  if (!written) return written;
  if (::fsync(fd) != 0) return failed(path, "fsync", errno);
  return Done{};
}

}  // namespace

std::string errnoText(int code) {
  return std::error_code(code, std::generic_category()).message();
}

Result<std::string> readFile(const std::filesystem::path& path,
                             std::size_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) return failed(path, "open", errno);
  std::string bytes;
  for (;;) {
    constexpr std::size_t kStep = 64U << 10U;
    const std::size_t had = bytes.size();
    bytes.resize(had + kStep);
    const ssize_t n = ::read(fd.get(), bytes.data() + had, kStep);
    if (n < 0 && errno != EINTR) return failed(path, "read", errno);
    bytes.resize(had + static_cast<std::size_t>(n < 0 ? 0 : n));
    if (n == 0) return bytes;
    if (bytes.size() > limit)
      return Error{
          ErrorCode::Invalid,
          path.string() + ": larger than " + std::to_string(limit) + " bytes"};
  }
}

Result<Done> replaceFile(const std::filesystem::path& path,
                         std::string_view bytes,
                         mode_t mode,
                         uid_t owner,
                         gid_t group) {
  std::string temporary = path.string() + ".XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.open()) return failed(path, "create", errno);

  auto filled = fill(fd.get(), path, bytes, mode, owner, group);
  if (filled && ::rename(temporary.c_str(), path.c_str()) != 0)
    filled = failed(path, "rename", errno);
  if (!filled) {
    ::unlink(temporary.c_str());
    return filled;
  }
  return syncDirectory(path.parent_path());
}

Result<Done> writeNewFile(const std::filesystem::path& path,
                          std::string_view bytes,
                          mode_t mode,
                          uid_t owner,
                          gid_t group) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const Fd fd(::open(path.c_str(), kFlags, 0600));
  if (!fd.open()) return failed(path, "create", errno);
  auto filled = fill(fd.get(), path, bytes, mode, owner, group);
  if (!filled) ::unlink(path.c_str());
  return filled;
}

Result<Done> syncDirectory(const std::filesystem::path& path) {
  const Fd fd(::open(path.empty() ? "." : path.c_str(),
                     O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.open()) return failed(path, "open", errno);
  if (::fsync(fd.get()) != 0) return failed(path, "fsync", errno);
  return Done{};
}

Result<Done> makeDirectories(const std::filesystem::path& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  if (problem) return failed(path, "mkdir", problem.value());
  return Done{};
}

}  // namespace mailreeve
