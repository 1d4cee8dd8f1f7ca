// Private keys in files: readable by their owner alone, from the first byte.
#pragma once

#include <filesystem>

#include "core/auth/dkim/openssl.h"
#include "core/base/result.h"

namespace mailreeve::dkim {

// Replaces the file whole, with mode 0600. Root gives it the owner of its
// directory.
[[nodiscard]] Result<Done> writeKeyFile(const std::filesystem::path& path,
                                        const PrivateKey& key);

// A file that everybody may read, or write, is refused: the key in it is no
// secret any more.
[[nodiscard]] Result<PrivateKey> readKeyFile(const std::filesystem::path& path);

}  // namespace mailreeve::dkim
