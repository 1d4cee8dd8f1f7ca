#include "core/auth/dkim/key_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

namespace mailreeve::dkim {

namespace {

constexpr mode_t kGroup = 0070;
constexpr mode_t kOthers = 0007;

struct KeyFile {
  PrivateKey key;
  mode_t mode = 0;
};

Result<KeyFile> readKey(const std::filesystem::path& path, mode_t forbidden) {
  constexpr std::size_t kLimit = 64U << 10U;
  const auto pem = readFile(path, kLimit);
  if (!pem) return pem.error();

  struct stat status {};

  if (::stat(path.c_str(), &status) != 0)
    return Error{ErrorCode::Unavailable, path.string() + ": went away"};
  if ((status.st_mode & forbidden) != 0)
    return Error{
        ErrorCode::Invalid,
        path.string() +
            ((status.st_mode & kOthers) != 0 ? ": everybody" : ": its group") +
            " may use this private key; chmod it to 600"};
  auto key = PrivateKey::fromPem(*pem);
  if (!key) return std::move(key).error().within(path.string());
  return KeyFile{*std::move(key), status.st_mode};
}

}  // namespace

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
  auto read = readKey(path, kGroup | kOthers);
  if (!read) return std::move(read).error();
  return std::move(read->key);
}

Result<ForeignKey> readForeignKeyFile(const std::filesystem::path& path) {
  auto read = readKey(path, kOthers);
  if (!read) return std::move(read).error();
  return ForeignKey{std::move(read->key), (read->mode & kGroup) != 0};
}

}  // namespace mailreeve::dkim
