// The answers of DKIM and ARC (RFC 8601 section 2.7.1).
#pragma once

#include <string_view>

namespace mailreeve::dkim {

enum class Outcome {
  None,       // Not signed.
  Pass,       // Signed by the domain, and unchanged since.
  Fail,       // Changed since, or never signed by the domain.
  Policy,     // Good in itself, but not good enough for us.
  Neutral,    // Wrong, by a key that says its owner is only trying.
  TempError,  // The key could not be fetched: later it may.
  PermError,  // The signature or its key can never be verified.
};

[[nodiscard]] std::string_view describe(Outcome outcome);

}  // namespace mailreeve::dkim
