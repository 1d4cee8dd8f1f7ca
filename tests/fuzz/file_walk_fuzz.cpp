// Any message: every file in it has a path, and the walk comes to an end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/content/file_walk.h"

using namespace mailreeve;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const content::FileTypes kTypes;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto message = mail::messageFromBytes(raw, {});
  if (!message) std::abort();
  const auto found = content::walkFiles(
      *message,
      kTypes,
      {.depth = 4, .entries = 200, .bytes = std::uint64_t{4} << 20U});
  if (!found) std::abort();
  for (const auto& file : found->files)
    if (file.part >= message->tree().nodes().size() || file.path.empty())
      std::abort();
  return 0;
}
