// Any bytes as a compound file: every entry hangs on the root, and no stream
// gives more than is asked for.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/content/closed_container.h"
#include "core/content/office.h"
#include "core/content/outlook_message.h"

using namespace mailreeve::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(traitsOf(bytes));
  static_cast<void>(closedContainer(bytes));
  const auto file = CompoundFile::open(bytes);
  if (!file) return 0;
  const auto& entries = file->entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].parent > i) std::abort();
    if (file->read(entries[i], 3, 5000).size() > 5000) std::abort();
  }
  for (const auto& attachment : attachmentsOf(*file))
    if (attachment.content != nullptr &&
        (attachment.content < &entries.front() ||
         attachment.content > &entries.back()))
      std::abort();
  return 0;
}
