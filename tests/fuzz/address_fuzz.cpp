// Throws bytes at the address parser. What it takes must be the same address
// when written and read again, and have a key that is one of its domain.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/mail/address.h"

using namespace mailreeve::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string key = addressKey(text);
  if (const auto domain = domainKey(text); domain) {
    const auto again = domainKey(*domain);
    if (!again || *again != *domain) std::abort();
  }
  const auto address = parseAddress(text);
  if (!address) return 0;
  const auto again = parseAddress(address->text());
  if (!again || !(*again == *address)) std::abort();
  const auto domain = domainKey(address->domain);
  if (!domain || !key.ends_with("@" + *domain)) std::abort();
  return 0;
}
