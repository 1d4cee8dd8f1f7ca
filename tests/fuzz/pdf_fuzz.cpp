// Any bytes as a PDF: what is packed in it is unpacked within limits, and what
// comes behind it takes no finding away.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/content/pdf.h"

using namespace mailreeve::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto traits = lookIntoPdf(bytes);
  const auto more = lookIntoPdf(bytes + "\n<</EF<<>>>>");
  if (!more.embedded || (traits.encrypted && !more.encrypted)) std::abort();
  return 0;
}
