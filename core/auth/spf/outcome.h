// The seven answers of SPF (RFC 7208 section 2.6).
#pragma once

#include <string_view>

namespace mailreeve::spf {

enum class Outcome {
  None,       // No record, or no domain to ask for.
  Neutral,    // The domain says nothing about this client.
  Pass,       // The client may send for the domain.
  Fail,       // It may not.
  SoftFail,   // It probably may not.
  TempError,  // The DNS did not answer: later it may.
  PermError,  // The domain's records are wrong.
};

// The word of RFC 8601 section 2.7.2: "pass", "softfail".
[[nodiscard]] std::string_view describe(Outcome outcome);

}  // namespace mailreeve::spf
