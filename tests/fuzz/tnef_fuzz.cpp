// Any bytes as TNEF: every file lies within them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/content/text_files.h"
#include "core/content/tnef.h"

using namespace mailreeve::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& file : readTnef(bytes).files)
    if (!file.content.empty() && (file.content.data() < bytes.data() ||
                                  file.content.data() + file.content.size() >
                                      bytes.data() + bytes.size()))
      std::abort();
  static_cast<void>(filesInText(bytes));
  return 0;
}
