// Attaches any message to a report: it stands there byte for byte. The first
// byte chooses how.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/mail/attach_original.h"

using namespace mailreeve::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto message = messageFromBytes(raw, {});
  if (!message) std::abort();
  const auto as = data[0] % 2 == 0 ? OriginalAs::Message : OriginalAs::Text;
  const auto edit = attachOriginal(*message,
                                   *message,
                                   "Gepr\xc3\xbc"
                                   "ft.\n",
                                   as);
  // It is refused only where it would not be what it was.
  if (!edit) return 0;
  const auto wrapped = apply(*message, *edit);
  if (!wrapped ||
      wrapped->body().find(message->bytes()) == std::string_view::npos)
    std::abort();
  return 0;
}
