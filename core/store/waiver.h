// What a release may be excused from beside the verdict its message was held
// for: verdicts of further checks, each named by an administrator. A virus is
// none of them, and neither are limits and lists, whose settings say what they
// refuse.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

// Verdict::found of what no engine scans, for its size.
inline constexpr const char* kTooLargeToScan = "too-large-to-scan";

// The name under which that is waived. The verdict is the antivirus check's,
// which is waived by no other name.
inline constexpr const char* kUnscanned = "unscanned";

struct WaivableCheck {
  const char* name;
  char letter;    // In a release token; never to be given to another check.
  HeldKind kind;  // Whose right it takes.
};

// Null: nobody waives that.
[[nodiscard]] const WaivableCheck* waivableCheck(std::string_view name);

// The check to name so that this verdict is waived: an edit's is waived with
// the check that gave it work. Empty: there is none.
[[nodiscard]] std::string waivableFor(std::string_view step,
                                      std::string_view found);

// `names` in one order, each once: the form that everything below takes.
// Invalid: one of them is not to be waived; the words are for who asked.
[[nodiscard]] Result<std::vector<std::string>> alsoWaived(
    const std::vector<std::string>& names);

// For a token: "cd" for content_rules and dmarc.
[[nodiscard]] std::string lettersOf(const std::vector<std::string>& names);

// Nothing when `letters` is not what lettersOf() writes.
[[nodiscard]] std::optional<std::vector<std::string>> fromLetters(
    std::string_view letters);

}  // namespace mailreeve::store
