// Files read whole and replaced whole: a reader sees the old bytes or the new
// ones, also after a power cut, and never a mixture.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "core/base/result.h"

namespace mailreeve {

// The text of errno `code`, thread-safe.
[[nodiscard]] std::string errnoText(int code);

// At most `limit` bytes; a larger file is an Error, not a cut one.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::size_t limit = 64U << 20U);

// Writes a temporary file beside `path`, fsyncs it, renames it over `path` and
// fsyncs the directory. `mode` as in chmod(2); `owner` of -1 keeps the caller.
// On any error `path` is as it was and the temporary file is gone.
[[nodiscard]] Result<Done> replaceFile(const std::filesystem::path& path,
                                       std::string_view bytes,
                                       mode_t mode = 0644,
                                       uid_t owner = static_cast<uid_t>(-1),
                                       gid_t group = static_cast<gid_t>(-1));

// Writes a file that must not exist yet and fsyncs it; for what is renamed into
// its place later, with the directory it lies in or by itself. On any error
// nothing stays behind.
[[nodiscard]] Result<Done> writeNewFile(const std::filesystem::path& path,
                                        std::string_view bytes,
                                        mode_t mode = 0644,
                                        uid_t owner = static_cast<uid_t>(-1),
                                        gid_t group = static_cast<gid_t>(-1));

[[nodiscard]] Result<Done> syncDirectory(const std::filesystem::path& path);

// Makes `path` and what is missing above it; an existing directory is fine.
[[nodiscard]] Result<Done> makeDirectories(const std::filesystem::path& path);

}  // namespace mailreeve
