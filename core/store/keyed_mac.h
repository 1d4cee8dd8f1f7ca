// Signs short texts with a key of this host's own, so that what we handed out
// comes back unchanged or not at all. BLAKE2b, keyed; compared in constant
// time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/secret.h"

namespace mailreeve::store {

// Immutable; any thread.
class KeyedMac {
 public:
  // Reads the key, or makes one (0600) where there is none. Several processes
  // may do so at once: all get the same.
  [[nodiscard]] static Result<KeyedMac> open(const std::filesystem::path& key);

  // 32 characters of base 64 for URLs. `purpose` keeps apart what is signed for
  // different uses.
  [[nodiscard]] std::string sign(std::string_view purpose,
                                 std::string_view text) const;

  [[nodiscard]] bool matches(std::string_view purpose,
                             std::string_view text,
                             std::string_view mac) const;

 private:
  explicit KeyedMac(Secret key) : key_(std::move(key)) {}

  Secret key_;
};

// Sixteen characters of base 32, drawn at random.
[[nodiscard]] std::string newNonce();

// Base 64 for URLs, without padding. Reading takes nothing else.
[[nodiscard]] std::string urlBase64(std::string_view bytes);
[[nodiscard]] Result<std::string> fromUrlBase64(std::string_view text);

}  // namespace mailreeve::store
