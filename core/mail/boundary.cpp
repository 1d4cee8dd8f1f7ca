#include "core/mail/boundary.h"

#include <cstdint>

namespace mailreeve::mail {

std::string unusedBoundary(std::string_view bytes) {
  for (std::uint64_t n = bytes.size();; ++n) {
    std::string boundary = "=_mailreeve_" + std::to_string(n);
    if (bytes.find(boundary) == std::string_view::npos) return boundary;
  }
}

}  // namespace mailreeve::mail
