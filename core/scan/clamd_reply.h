// What clamd says (clamd(8)): one line for each command, in a session with the
// command's number before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/scan/scanner.h"

namespace mailreeve::scan {

// What it means that clamd stopped at one of its limits (AlertExceedsMax), had
// found nothing so far, and says "Heuristics.Limits.Exceeded.MaxFiles FOUND".
enum class OverLimits {
  Found,  // What it says.
  Noted,  // Clean, with a note; but that it had no time is no answer.
};

// "3: stream: Eicar-Test-Signature FOUND", without its end. Unavailable for an
// answer that says that clamd could not; Invalid for what is no answer, or
// that of another command than `number`.
[[nodiscard]] Result<Finding> parseClamdReply(
    std::string_view reply,
    std::uint64_t number,
    OverLimits overLimits = OverLimits::Found);

// "ClamAV 1.4.6/27500/Mon Nov 23 09:12:01 2026".
struct ClamdVersion {
  std::string engine;    // "1.4.6".
  std::string database;  // "27500"; empty: no official database is loaded.
  std::string date;      // As clamd writes it; empty likewise.
};

[[nodiscard]] Result<ClamdVersion> parseClamdVersion(std::string_view reply);

}  // namespace mailreeve::scan
