// Unix sockets in the file system: listening on one without ever taking it
// from a living process, and connecting within a limit.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include <sys/types.h>

#include "core/base/fd.h"
#include "core/base/result.h"

namespace mailreeve::net {

// Listens on `path`. What nobody answers on is replaced by rename(2), so that
// clients find the old socket or the new one and never none; where another
// process answers, or where something else than a socket stands, it is an
// Error. The descriptor does not block.
[[nodiscard]] Result<Fd> listenUnix(const std::filesystem::path& path,
                                    mode_t mode);

// Unavailable when nobody listens or `limit` passes. The descriptor does not
// block.
[[nodiscard]] Result<Fd> connectUnix(const std::filesystem::path& path,
                                     std::chrono::milliseconds limit);

// The same without waiting; nothing while the listener's queue is full.
[[nodiscard]] Result<std::optional<Fd>> tryConnectUnix(
    const std::filesystem::path& path);

}  // namespace mailreeve::net
