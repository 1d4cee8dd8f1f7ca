// Any bytes as a file name: the key is stable, the reply is one plain line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/content/file_name.h"
#include "tests/fuzz/require.h"

using namespace mailreeve::content;
using mailreeve::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  const auto key = nameKey(name);
  require(key.find_first_of("/\\") == std::string::npos);
  static_cast<void>(hasDoubleExtension(key));
  const auto shown = nameForReply(name);
  require(shown.size() <= 60);
  require(std::all_of(shown.begin(), shown.end(), [](char c) {
    return c >= 0x20 && c < 0x7f;
  }));
  return 0;
}
