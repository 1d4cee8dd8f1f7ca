// Throws bytes at us as spamd would. Whatever comes is an answer within its
// limits or an error of one line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/spam/spamc.h"

using namespace mailreeve;
using namespace mailreeve::spam;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const auto verb = static_cast<Verb>(data[0] % 5);
  const auto answer = parseAnswer(bytes, verb);
  if (!answer) {
    if (answer.error().what.find('\n') != std::string::npos) std::abort();
    return 0;
  }
  if (answer->body.size() > bytes.size()) std::abort();
  for (const auto& names :
       {ruleNames(answer->body), ruleNamesOfReport(answer->body)})
    for (const auto& name : names)
      if (name.empty() || name.find_first_of(" \r\n") != std::string::npos)
        std::abort();
  return 0;
}
