// The bytes of quarantined mail as files: written durably, read, removed. What
// they mean is the index's business.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::store {

// DIRECTORY/2026/03/01/ID.eml. `id` must satisfy isHeldId().
[[nodiscard]] std::filesystem::path heldFile(
    const std::filesystem::path& directory, std::string_view id);
[[nodiscard]] std::filesystem::path sidecarFile(
    const std::filesystem::path& directory, std::string_view id);

// Both files, durable when it returns: the bytes, and what was known of them.
// On an Error nothing stays behind.
[[nodiscard]] Result<Done> writeHeld(const std::filesystem::path& directory,
                                     std::string_view id,
                                     std::string_view bytes,
                                     std::string_view sidecar);

// Both files; those that are missing are no Error.
[[nodiscard]] Result<Done> removeHeld(const std::filesystem::path& directory,
                                      std::string_view id);

[[nodiscard]] Result<std::string> readPart(const std::filesystem::path& path,
                                           std::int64_t offset,
                                           std::int64_t size);

// The ids of all files older than `age`. Temporary files of that age, and days
// without files, are removed on the way.
[[nodiscard]] Result<std::vector<std::string>> heldIds(
    const std::filesystem::path& directory, std::chrono::seconds age);

// Of SHA-256, in hexadecimal.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace mailreeve::store
