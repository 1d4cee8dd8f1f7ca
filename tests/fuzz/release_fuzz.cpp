// What comes back from outside or from the disk: tokens and sidecars. A token
// that can be read waives what an administrator could have named, in the order
// in which it is signed.
#include <cstdlib>
#include <string_view>

#include "core/store/quarantine_message.h"
#include "core/store/release_token.h"
#include "core/store/waiver.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto token = mailreeve::store::parseReleaseToken(bytes)) {
    const auto named = mailreeve::store::alsoWaived(token->alsoWaived);
    if (!named || *named != token->alsoWaived) std::abort();
  }
  (void)mailreeve::store::readSidecar(bytes);
  (void)mailreeve::store::fromUrlBase64(bytes);
  return 0;
}
