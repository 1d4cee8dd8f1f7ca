// Throws bytes at us as clamd would. What is called infected has a name of one
// printable line, and only the very words of clamd are called clean.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/text.h"
#include "core/scan/clamd_reply.h"

using namespace mailreeve;
using namespace mailreeve::scan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto finding = parseClamdReply(bytes, 1);
  if (finding && finding->kind == Finding::Kind::Clean &&
      bytes != "1: stream: OK")
    std::abort();
  if (finding && finding->kind == Finding::Kind::Infected &&
      (finding->virus.empty() || finding->virus != printable(finding->virus)))
    std::abort();
  const auto noted = parseClamdReply(bytes, 1, OverLimits::Noted);
  if (noted && noted->kind == Finding::Kind::Clean && noted->note.empty() &&
      bytes != "1: stream: OK")
    std::abort();
  if (noted && noted->note != printable(noted->note)) std::abort();
  const auto version = parseClamdVersion(bytes);
  if (version && version->date != printable(version->date)) std::abort();
  return 0;
}
