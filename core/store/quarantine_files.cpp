#include "core/store/quarantine_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;
constexpr std::string_view kBytes = ".eml";
constexpr std::string_view kSidecar = ".json";

Error failed(const std::filesystem::path& path, const char* doing, int code) {
  return {code == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable,
          path.string() + ": " + doing + ": " + errnoText(code)};
}

std::filesystem::path folderOf(const std::filesystem::path& directory,
                               std::string_view id) {
  return directory / id.substr(0, 4) / id.substr(4, 2) / id.substr(6, 2);
}

// Root works for the daemons' user: what it makes belongs to who owns the
// quarantine.
struct Owner {
  uid_t user = static_cast<uid_t>(-1);
  gid_t group = static_cast<gid_t>(-1);
};

Result<Owner> ownerOf(const std::filesystem::path& directory) {
  struct stat found {};

  if (::stat(directory.c_str(), &found) != 0)
    return failed(directory, "stat", errno);
  if (::geteuid() != 0) return Owner{};
  return Owner{found.st_uid, found.st_gid};
}

// The folder, and the names of those that had to be made for it, on disk.
Result<Done> makeFolder(const std::filesystem::path& directory,
                        const std::filesystem::path& folder,
                        const Owner& owner) {
  auto parent = directory;
  for (const auto& name : folder.lexically_relative(directory)) {
    const auto path = parent / name;
    if (::mkdir(path.c_str(), kFolderMode) == 0) {
      if (::lchown(path.c_str(), owner.user, owner.group) != 0)
        return failed(path, "chown", errno);
      if (auto synced = syncDirectory(parent); !synced) return synced;
    } else if (errno != EEXIST) {
      return failed(path, "mkdir", errno);
    }
    parent = path;
  }
  return Done{};
}

// Under a name that nobody takes for a message, then under its own.
Result<Done> writeBoth(const std::filesystem::path& directory,
                       std::string_view id,
                       std::string_view bytes,
                       std::string_view sidecar,
                       const Owner& owner) {
  const auto name = heldFile(directory, id);
  const auto side = sidecarFile(directory, id);
  const auto temporary = std::filesystem::path(name.string() + ".tmp");
  auto written =
      writeNewFile(temporary, bytes, kFileMode, owner.user, owner.group);
  if (!written) return written;
  // Before the bytes have their name: bytes without it cannot be indexed.
  written = writeNewFile(side, sidecar, kFileMode, owner.user, owner.group);
  if (written && ::rename(temporary.c_str(), name.c_str()) != 0)
    written = failed(name, "rename", errno);
  if (written) return syncDirectory(name.parent_path());
  ::unlink(temporary.c_str());
  ::unlink(side.c_str());
  return written;
}

bool removeFile(const std::filesystem::path& path) {
  return ::unlink(path.c_str()) == 0 || errno == ENOENT;
}

bool olderThan(const std::filesystem::path& path, std::chrono::seconds age) {
  struct stat found {};

  if (::stat(path.c_str(), &found) != 0) return false;
  return ::time(nullptr) - found.st_mtime >= age.count();
}

}  // namespace

std::filesystem::path heldFile(const std::filesystem::path& directory,
                               std::string_view id) {
  return folderOf(directory, id) / (std::string(id) + std::string(kBytes));
}

std::filesystem::path sidecarFile(const std::filesystem::path& directory,
                                  std::string_view id) {
  return folderOf(directory, id) / (std::string(id) + std::string(kSidecar));
}

Result<Done> writeHeld(const std::filesystem::path& directory,
                       std::string_view id,
                       std::string_view bytes,
                       std::string_view sidecar) {
  auto owner = ownerOf(directory);
  if (!owner) return std::move(owner).error();
  auto made = makeFolder(directory, folderOf(directory, id), *owner);
  if (!made) return made;
  return writeBoth(directory, id, bytes, sidecar, *owner);
}

Result<Done> removeHeld(const std::filesystem::path& directory,
                        std::string_view id) {
  // The bytes first: without them the sidecar means nothing.
  for (const auto& path : {heldFile(directory, id), sidecarFile(directory, id)})
    if (!removeFile(path)) return failed(path, "remove", errno);
  return Done{};
}

Result<std::string> readPart(const std::filesystem::path& path,
                             std::int64_t offset,
                             std::int64_t size) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.open()) return failed(path, "open", errno);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = ::pread(fd.get(),
                              bytes.data() + got,
                              bytes.size() - got,
                              offset + static_cast<std::int64_t>(got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path, "read", errno);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

Result<std::vector<std::string>> heldIds(const std::filesystem::path& directory,
                                         std::chrono::seconds age) {
  namespace fs = std::filesystem;
  std::vector<std::string> ids;
  std::vector<fs::path> emptyDays;
  std::error_code problem;
  for (fs::recursive_directory_iterator at(directory, problem), end;
       !problem && at != end;
       at.increment(problem)) {
    const auto& path = at->path();
    std::error_code ignored;
    if (at->is_directory(ignored) && fs::is_empty(path, ignored) &&
        olderThan(path, std::max(age, std::chrono::seconds(172800))))
      emptyDays.push_back(path);
    if (!at->is_regular_file(ignored) || !olderThan(path, age)) continue;
    const std::string stem = path.stem().string();
    if (path.extension() == ".tmp")
      (void)removeFile(path);
    else if (path.extension() == kBytes && isHeldId(stem) &&
             path == heldFile(directory, stem))
      ids.push_back(stem);
    else if (path.extension() == kSidecar && isHeldId(stem) &&
             !fs::exists(heldFile(directory, stem), ignored))
      (void)removeFile(path);
  }
  if (problem) return failed(directory, "list", problem.value());
  for (const auto& day : emptyDays) ::rmdir(day.c_str());
  return ids;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(
      hash.data(),
      reinterpret_cast<const unsigned char*>(bytes.data()),  // NOLINT
      bytes.size());
  std::string text(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  text.pop_back();  // The NUL.
  return text;
}

}  // namespace mailreeve::store
