// What stands at one path of the host: enough to put it there again byte for
// byte, and to put it there once or many times with the same end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <sys/types.h>

#include "core/base/result.h"
#include "mgmtd/apply/tree.h"

namespace mailreeve::apply {

struct HostFile {
  enum class Kind { Absent, File, Link };

  Kind kind = Kind::Absent;
  std::string bytes;  // Of a link: its target.
  mode_t mode = 0644;
  uid_t owner = 0;
  gid_t group = 0;
  // Nanoseconds since the epoch; unset: whenever it is written.
  std::optional<std::int64_t> modified;

  // Time apart, is it the same?
  [[nodiscard]] bool sameAs(const HostFile& other) const;
};

using HostState = std::map<std::filesystem::path, HostFile>;

// Absent is an answer, not an error. A directory or device is an error.
[[nodiscard]] Result<HostFile> readHostFile(const std::filesystem::path& path);

// A replacement that lies ready beside its path. Whatever can fail for want of
// room has happened; what is left is a rename.
class StagedFile {
 public:
  // Nothing when `path` is `file` already. Missing directories are made. What
  // a crash left beside `path` is removed.
  [[nodiscard]] static Result<std::optional<StagedFile>> stage(
      const std::filesystem::path& path, const HostFile& file);

  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  // Without commit, the path is as it was and nothing stays behind.
  ~StagedFile();

  [[nodiscard]] Result<Done> commit();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  StagedFile(std::filesystem::path path, bool removes)
      : path_(std::move(path)), removes_(removes) {}

  std::filesystem::path path_;
  bool removes_ = false;  // The path is to be absent.
  bool pending_ = true;
};

// Owners by number; NotFound for a user or group that does not exist.
[[nodiscard]] Result<HostState> hostStateOf(const RenderedTree& tree);

}  // namespace mailreeve::apply
