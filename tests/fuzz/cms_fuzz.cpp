// Any bytes as CMS: what it holds is no more than it is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/content/cms.h"

using namespace mailreeve::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto cms = readCms(bytes);
  if (cms.content.size() > size) std::abort();
  if (isCms(bytes) == (cms.kind == Cms::Kind::None)) std::abort();
  return 0;
}
