#include "core/config/secret.h"

#include <cstdlib>

#include <sys/stat.h>

#include "core/base/file.h"

namespace mailreeve::config {

namespace {

Result<std::string> fromFile(const std::string& path) {
  constexpr std::size_t kMost = 64 << 10;

  struct stat seen {};

  if (::stat(path.c_str(), &seen) == 0 && (seen.st_mode & S_IROTH) != 0)
    return Error{ErrorCode::Invalid,
                 path +
                     " holds a secret and is readable by everybody; chmod "
                     "o= it"};
  auto bytes = readFile(path, kMost);
  if (!bytes) return std::move(bytes).error();
  return bytes->substr(0, bytes->find_first_of("\r\n"));
}

}  // namespace

Result<std::string> resolveSecret(const SecretSource& source) {
  if (!source.file.empty()) return fromFile(source.file);
  // Read before any thread that could change the environment.
  const char* value =
      std::getenv(source.environment.c_str());  // NOLINT(concurrency-mt-unsafe)
  if (value != nullptr) return std::string(value);
  return Error{ErrorCode::NotFound,
               "environment variable " + source.environment + " is not set"};
}

}  // namespace mailreeve::config
