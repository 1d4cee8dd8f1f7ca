#include "core/auth/dkim/key_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

namespace mailreeve::dkim {

Result<Done> writeKeyFile(const std::filesystem::path& path,
                          const PrivateKey& key) {
  const auto pem = key.toPem();
  if (!pem) return Error(pem.error()).within(path.string());

  struct stat directory {};

  if (::geteuid() != 0 || ::stat(path.parent_path().c_str(), &directory) != 0)
    return replaceFile(path, *pem, 0600);
  return replaceFile(path, *pem, 0600, directory.st_uid, directory.st_gid);
}

Result<PrivateKey> readKeyFile(const std::filesystem::path& path) {
  constexpr std::size_t kLimit = 64U << 10U;
  const auto pem = readFile(path, kLimit);
  if (!pem) return pem.error();

  struct stat status {};

  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & 0007U) != 0)
    return Error{ErrorCode::Invalid,
                 path.string() +
                     ": everybody may use this private key; chmod it to 600"};
  auto key = PrivateKey::fromPem(*pem);
  if (!key) return std::move(key).error().within(path.string());
  return key;
}

}  // namespace mailreeve::dkim
