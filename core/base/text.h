// Small operations on text that the standard library lacks.
//
// Bytes outside ASCII pass through untouched: case folding is ASCII only, as
// mail protocols want it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve {

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equalsIgnoringCase(std::string_view a, std::string_view b);
[[nodiscard]] bool startsWithIgnoringCase(std::string_view text,
                                          std::string_view prefix);

// Without blanks, tabs, CR and LF at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

// Takes time in proportion to |text| + |what|, whatever they are:
// std::string_view::find() may take the product. For what a stranger chose.
[[nodiscard]] bool contains(std::string_view text, std::string_view what);

// "a,b,," split at ',' is {"a", "b", "", ""}; an empty text has one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text,
                                                  char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts,
                               std::string_view separator);
[[nodiscard]] std::string replaceAll(std::string text,
                                     std::string_view what,
                                     std::string_view with);

// A decimal number that fills the whole text; nothing for signs, blanks,
// overflow or an empty text.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);

// Control characters and DEL replaced by '?': fit for one line of a log.
[[nodiscard]] std::string printable(std::string_view text);

// Whether `text` matches `pattern` as a whole, where `*` stands for any run of
// bytes, the empty one included. ASCII case is ignored. Takes time in
// proportion to |pattern| x |text| at worst.
[[nodiscard]] bool matchesWildcard(std::string_view pattern,
                                   std::string_view text);

// The name in `names` nearest to `text` (edits, swaps of neighbours among
// them, of at most a third of its length), for "did you mean"; empty if none is
// near.
[[nodiscard]] std::string_view nearest(
    std::string_view text, const std::vector<std::string_view>& names);

// 25165824 -> "24M"; the largest of K, M, G (powers of 1024) that divides it.
[[nodiscard]] std::string formatSize(std::uint64_t bytes);

}  // namespace mailreeve
