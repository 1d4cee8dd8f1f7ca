// The list of names below which anybody can register one (publicsuffix.org),
// through libpsl. RFC 7489 needs it; RFC 9989 asks the DNS instead.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

using psl_ctx_t = struct psl_ctx_st;

namespace mailreeve::dmarc {

// Immutable; safe to share between threads.
class PublicSuffixList {
 public:
  // The newer of the file that Debian's publicsuffix package keeps up to date
  // and the list built into libpsl.
  [[nodiscard]] static PublicSuffixList newest();

  [[nodiscard]] static Result<PublicSuffixList> load(
      const std::filesystem::path& file);

  // "www.example.co.uk" -> "example.co.uk". Empty for a public suffix. The name
  // in lower case: A-labels, or UTF-8.
  [[nodiscard]] std::string registrableDomain(std::string_view name) const;

 private:
  explicit PublicSuffixList(std::shared_ptr<const psl_ctx_t> list);

  std::shared_ptr<const psl_ctx_t> list_;
};

}  // namespace mailreeve::dmarc
