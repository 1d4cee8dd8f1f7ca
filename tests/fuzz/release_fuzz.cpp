// What comes back from outside or from the disk: tokens and sidecars.
#include <string_view>

#include "core/store/quarantine_message.h"
#include "core/store/release_token.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)mailreeve::store::parseReleaseToken(bytes);
  (void)mailreeve::store::readSidecar(bytes);
  (void)mailreeve::store::fromUrlBase64(bytes);
  return 0;
}
