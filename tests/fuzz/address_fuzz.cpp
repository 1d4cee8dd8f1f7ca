// Throws bytes at the address parser. What it takes must be the same address
// when written and read again, and have a key that is one of its domain. A key
// must be its own key, the same as in capitals, which take the longer way.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/mail/address.h"

using namespace mailreeve::mail;

namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string key = addressKey(text);
  if (const auto domain = domainKey(text); domain) {
    const auto again = domainKey(*domain);
    if (!again || *again != *domain) std::abort();
    if (isDomainKey(*domain) == domain->starts_with('[')) std::abort();
  }
  if (isDomainKey(text)) {
    const auto capitals = domainKey(upper(text));
    if (!capitals || *capitals != text) std::abort();
  }
  const auto address = parseAddress(text);
  if (!address) return 0;
  const auto again = parseAddress(address->text());
  if (!again || !(*again == *address)) std::abort();
  const auto domain = domainKey(address->domain);
  if (!domain || !key.ends_with("@" + *domain)) std::abort();
  return 0;
}
