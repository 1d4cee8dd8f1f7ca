// Macros of SPF (RFC 7208 section 7): "%{l1r-}.example.com". What they expand
// to was partly written by the sender: it is asked for or logged, never
// trusted.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mailreeve::spf {

enum class MacroUse {
  DomainSpec,   // In a record: visible ASCII.
  Explanation,  // The text of exp=: blanks, and the letters c, r, t, too.
};

[[nodiscard]] bool isMacroString(std::string_view text, MacroUse use);

// RFC 7208 section 7.1: ends in a macro, or in a top label that is no number.
[[nodiscard]] bool isDomainSpec(std::string_view text);

// The value of a macro letter, given in lower case.
using MacroLetters = std::function<std::string(char)>;

// `text` isMacroString(). At most `limit` bytes come out; the rest is cut.
[[nodiscard]] std::string expandText(std::string_view text,
                                     const MacroLetters& letters,
                                     std::size_t limit);

// As a name to ask for: without trailing dot, and cut from the left, label by
// label, to 253 octets.
[[nodiscard]] std::string expandDomain(std::string_view text,
                                       const MacroLetters& letters);

}  // namespace mailreeve::spf
