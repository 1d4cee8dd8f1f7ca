// Throws bytes at us as an ICAP server would. A head is never longer than its
// bytes, a name of a virus is one printable line, and a body that is called the
// same is so however it is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/text.h"
#include "core/scan/icap_response.h"

using namespace mailreeve;
using namespace mailreeve::scan;

namespace {

using State = ChunkedComparison::State;

// What comes of `bytes` given at once, or a byte at a time; -1: an error.
int outcome(std::string_view bytes, std::size_t step) {
  ChunkedComparison comparison("EICAR");
  while (!bytes.empty()) {
    const auto state = comparison.take(bytes.substr(0, step));
    if (!state) return -1;
    if (*state != State::More) return static_cast<int>(*state);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  return static_cast<int>(State::More);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head = parseIcapHead(bytes);
  if (head && *head) {
    if ((*head)->length > bytes.size()) std::abort();
    const auto& response = (*head)->response;
    (void)parseIcapOptions(response);
    (void)parseEncapsulated(response);
    const auto name = infectionOf(response);
    if (name && (name->empty() || *name != printable(*name))) std::abort();
    bytes.remove_prefix((*head)->length);
  }
  (void)httpStatus(bytes);
  if (outcome(bytes, bytes.size() + 1) != outcome(bytes, 1)) std::abort();
  return 0;
}
