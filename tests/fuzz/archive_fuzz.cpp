// Any bytes as an archive: the walk ends within its budget.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/content/archive.h"

using namespace mailreeve::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ArchiveLimits limits{.entries = 100,
                             .bytes = std::uint64_t{4} << 20U,
                             .time = std::chrono::milliseconds(2000)};
  Budget budget(limits);
  std::size_t seen = 0;
  const ArchiveVisitor visitor{
      [&](const ArchiveEntry&, std::string_view head) {
        return head.size() % 2 == 0;
      },
      [&](const std::string& content) { seen += content.size(); }};
  static_cast<void>(walkArchive(bytes, budget, visitor));
  if (seen > limits.bytes) std::abort();
  return 0;
}
