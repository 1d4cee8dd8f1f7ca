#include "mgmtd/apply/host_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

Error failed(const fs::path& path, const char* doing) {
  return Error{ErrorCode::Unavailable,
               path.string() + ": " + doing + ": " + errnoText(errno)};
}

Result<HostFile> readLink(const fs::path& path, HostFile file) {
  std::error_code problem;
  const auto target = fs::read_symlink(path, problem);
  if (problem)
    return Error{ErrorCode::Unavailable,
                 path.string() + ": readlink: " + problem.message()};
  file.kind = HostFile::Kind::Link;
  file.bytes = target;
  return file;
}

Result<Done> removeFile(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return failed(path, "remove");
  // A directory that was there before has something else in it, or was not
  // ours to make; one that we made goes when it is empty.
  const auto directory = path.parent_path();
  if (directory.filename() == "mailreeve" && ::rmdir(directory.c_str()) == 0)
    return syncDirectory(directory.parent_path());
  return fs::exists(directory) ? syncDirectory(directory)
                               : Result<Done>(Done{});
}

// Its own name, so that what a crash leaves is known for what it is.
fs::path stagedPath(const fs::path& path) {
  return path.string() + ".mailreeve-new";
}

Result<Done> setModified(const fs::path& path, const HostFile& file) {
  if (!file.modified) return Done{};
  const timespec times[2] = {
      // NOLINT(*-c-arrays): utimensat(2)'s form
      {0, UTIME_OMIT},
      {*file.modified / kNanoseconds, *file.modified % kNanoseconds}};
  if (::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
    return failed(path, "set the time of");
  return Done{};
}

Result<Done> writeLink(const fs::path& path, const HostFile& file) {
  if (::symlink(file.bytes.c_str(), path.c_str()) != 0)
    return failed(path, "symlink");
  if (::lchown(path.c_str(), file.owner, file.group) != 0)
    return failed(path, "chown");
  return Done{};
}

Result<Done> writeStaged(const fs::path& path, const HostFile& file) {
  auto made = makeDirectories(path.parent_path());
  if (!made) return made;
  const auto staged = stagedPath(path);
  auto written =
      file.kind == HostFile::Kind::Link
          ? writeLink(staged, file)
          : writeNewFile(staged, file.bytes, file.mode, file.owner, file.group);
  if (!written) return written;
  return setModified(staged, file);
}

}  // namespace

bool HostFile::sameAs(const HostFile& other) const {
  if (kind != other.kind) return false;
  if (kind == Kind::Absent) return true;
  const bool same =
      bytes == other.bytes && owner == other.owner && group == other.group;
  return same && (kind == Kind::Link || mode == other.mode);
}

Result<HostFile> readHostFile(const fs::path& path) {
  struct stat seen {};

  if (::lstat(path.c_str(), &seen) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return HostFile{};
    return failed(path, "look at");
  }
  HostFile file;
  file.mode = seen.st_mode & 07777U;
  file.owner = seen.st_uid;
  file.group = seen.st_gid;
  file.modified = seen.st_mtim.tv_sec * kNanoseconds + seen.st_mtim.tv_nsec;
  if (S_ISLNK(seen.st_mode)) return readLink(path, file);
  if (!S_ISREG(seen.st_mode))
    return Error{ErrorCode::Invalid,
                 path.string() + ": in the way: not a regular file"};
  auto bytes = readFile(path);
  if (!bytes) return std::move(bytes).error();
  file.kind = HostFile::Kind::File;
  file.bytes = *std::move(bytes);
  return file;
}

Result<std::optional<StagedFile>> StagedFile::stage(const fs::path& path,
                                                    const HostFile& file) {
  ::unlink(stagedPath(path).c_str());
  auto present = readHostFile(path);
  if (!present) return std::move(present).error();
  const bool timely = !file.modified || file.modified == present->modified;
  if (present->sameAs(file) && timely) return std::optional<StagedFile>();
  StagedFile staged(path, file.kind == HostFile::Kind::Absent);
  if (!staged.removes_) {
    auto written = writeStaged(path, file);
    if (!written) return std::move(written).error();
  }
  return std::optional<StagedFile>(std::move(staged));
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)),
      removes_(other.removes_),
      pending_(std::exchange(other.pending_, false)) {}

StagedFile::~StagedFile() {
  if (pending_ && !removes_) ::unlink(stagedPath(path_).c_str());
}

Result<Done> StagedFile::commit() {
  pending_ = false;
  if (removes_) return removeFile(path_);
  if (::rename(stagedPath(path_).c_str(), path_.c_str()) != 0) {
    auto error = failed(path_, "rename");
    ::unlink(stagedPath(path_).c_str());
    return error;
  }
  return syncDirectory(path_.parent_path());
}

Result<HostState> hostStateOf(const RenderedTree& tree) {
  HostState state;
  for (const auto& [path, rendered] : tree) {
    const auto* const user = ::getpwnam(rendered.owner.c_str());
    const auto* const group = ::getgrnam(rendered.group.c_str());
    if (user == nullptr || group == nullptr)
      return Error{ErrorCode::NotFound,
                   path.string() + ": user " + rendered.owner + " or group " +
                       rendered.group + " does not exist"};
    state[path] = {HostFile::Kind::File,
                   rendered.bytes,
                   rendered.mode,
                   user->pw_uid,
                   group->gr_gid,
                   std::nullopt};
  }
  return state;
}

}  // namespace mailreeve::apply
