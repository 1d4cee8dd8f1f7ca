// What a mirror's signature file says about itself: no number is negative, and
// the date is one line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/scan/signature_database.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view head(reinterpret_cast<const char*>(data), size);
  mailreeve::scan::SignatureDatabase database;
  if (!mailreeve::scan::parseSignatureHead(head, database)) return 0;
  if (database.version < 0 || database.signatures < 0 ||
      database.built.find('\n') != std::string::npos)
    std::abort();
  return 0;
}
