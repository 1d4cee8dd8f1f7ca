#include "core/store/keyed_mac.h"

#include <array>
#include <cerrno>

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/trace_code.h"

namespace mailreeve::store {

namespace {

constexpr std::size_t kKey = 32;
constexpr std::size_t kMac = 24;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}

Error failed(const std::filesystem::path& path, const char* doing) {
  return {ErrorCode::Unavailable,
          path.string() + ": " + doing + ": " + errnoText(errno)};
}

// Under a name of its own first: link(2) lets exactly one process win.
Result<Done> makeKey(const std::filesystem::path& path) {
  struct stat folder {};

  if (::stat(path.parent_path().c_str(), &folder) != 0)
    return failed(path.parent_path(), "stat");
  const bool root = ::geteuid() == 0;
  std::string key(kKey, '\0');
  randombytes_buf(key.data(), key.size());
  const std::filesystem::path temporary = path.string() + "." + newNonce();
  auto written = writeNewFile(temporary,
                              key,
                              0600,
                              root ? folder.st_uid : static_cast<uid_t>(-1),
                              root ? folder.st_gid : static_cast<gid_t>(-1));
  Secret::wipe(key);
  if (!written) return written;
  const bool linked =
      ::link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST;
  auto outcome = linked ? Result<Done>(Done{}) : failed(path, "link");
  ::unlink(temporary.c_str());
  if (!outcome) return outcome;
  return syncDirectory(path.parent_path());
}

}  // namespace

Result<KeyedMac> KeyedMac::open(const std::filesystem::path& path) {
  if (sodium_init() < 0)
    return Error{ErrorCode::Internal, "libsodium does not start"};
  auto key = readFile(path, 2 * kKey);
  if (!key && key.error().code == ErrorCode::NotFound) {
    if (auto made = makeKey(path); !made) return std::move(made).error();
    key = readFile(path, 2 * kKey);
  }
  if (!key) return std::move(key).error();
  if (key->size() != kKey)
    return Error{ErrorCode::Invalid,
                 path.string() +
                     ": is no key of ours; remove it, and a new "
                     "one is made"};
  return KeyedMac(Secret(std::move(*key)));
}

std::string KeyedMac::sign(std::string_view purpose,
                           std::string_view text) const {
  std::array<unsigned char, kMac> mac{};
  crypto_generichash_state state;
  crypto_generichash_init(
      &state, bytes(key_.view()), key_.view().size(), mac.size());
  crypto_generichash_update(&state, bytes(purpose), purpose.size());
  const unsigned char end = 0;  // No purpose holds it.
  crypto_generichash_update(&state, &end, 1);
  crypto_generichash_update(&state, bytes(text), text.size());
  crypto_generichash_final(&state, mac.data(), mac.size());
  sodium_memzero(&state, sizeof(state));
  return urlBase64(
      {reinterpret_cast<const char*>(mac.data()), mac.size()});  // NOLINT
}

bool KeyedMac::matches(std::string_view purpose,
                       std::string_view text,
                       std::string_view mac) const {
  const std::string right = sign(purpose, text);
  return mac.size() == right.size() &&
         sodium_memcmp(mac.data(), right.data(), right.size()) == 0;
}

std::string newNonce() {
  return traceCode() + traceCode();
}

std::string urlBase64(std::string_view from) {
  std::string out(sodium_base64_encoded_len(from.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes(from), from.size(), kVariant);
  out.pop_back();  // The NUL.
  return out;
}

Result<std::string> fromUrlBase64(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()),  // NOLINT
                        out.size(),
                        text.data(),
                        text.size(),
                        nullptr,
                        &size,
                        nullptr,
                        kVariant) != 0)
    return Error{ErrorCode::Invalid, "not base 64"};
  out.resize(size);
  return out;
}

}  // namespace mailreeve::store
