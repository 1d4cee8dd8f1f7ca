// Private keys in files: ours are readable by their owner alone, from the first
// byte.
#pragma once

#include <filesystem>

#include "core/auth/dkim/openssl.h"
#include "core/base/result.h"

namespace mailreeve::dkim {

// Replaces the file whole, with mode 0600. Root gives it the owner of its
// directory.
[[nodiscard]] Result<Done> writeKeyFile(const std::filesystem::path& path,
                                        const PrivateKey& key);

// A file that anybody but its owner may read, write or execute is refused: the
// key in it may be no secret any more.
[[nodiscard]] Result<PrivateKey> readKeyFile(const std::filesystem::path& path);

struct ForeignKey {
  PrivateKey key;
  bool sharedWithGroup = false;  // Worth a warning.
};

// One of another program, which may have let a group read it so that its daemon
// can. What everybody may use is refused.
[[nodiscard]] Result<ForeignKey> readForeignKeyFile(
    const std::filesystem::path& path);

}  // namespace mailreeve::dkim
