// Throws bytes at the YAML reader. What it takes as valid must survive being
// shown and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/config/load.h"

using mailreeve::config::differences;
using mailreeve::config::Loaded;
using mailreeve::config::parse;
using mailreeve::config::Secrets;
using mailreeve::config::show;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Loaded loaded = parse({{"fuzz.yaml", text, false}}, Secrets::Leave);
  if (!loaded.ok()) return 0;
  const Loaded again =
      parse({{"shown.yaml", show(loaded.settings), false}}, Secrets::Leave);
  if (!again.ok()) std::abort();
  if (!differences(loaded.settings, again.settings).empty()) std::abort();
  return 0;
}
