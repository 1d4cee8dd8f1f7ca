// Regular expressions that an administrator wrote, matched against what a
// stranger wrote: in time proportional to the text, whatever the pattern
// (RE2 has no backtracking), and all of them in one pass.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::pattern {

// RE2's syntax; look-around and back references are not in it.
struct Pattern {
  std::string expression;
  bool caseSensitive = false;
};

// Expressions for plain text: every character means itself, and a blank any run
// of blanks and line ends. Found anywhere; or being all of the text, blanks at
// both ends aside.
[[nodiscard]] std::string containing(std::string_view text);
[[nodiscard]] std::string equalTo(std::string_view text);

// Empty when `expression` can be used; else what is wrong, as in "must be ...".
[[nodiscard]] std::string checkPattern(std::string_view expression);

// Immutable; any thread.
class PatternSet {
 public:
  // No patterns: it never matches. Invalid: the first pattern that cannot be
  // used, or all of them together need more than `memory` bytes.
  [[nodiscard]] static Result<PatternSet> make(
      const std::vector<Pattern>& patterns,
      std::size_t memory = std::size_t{64} << 20U);

  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  PatternSet(const PatternSet&) = delete;
  PatternSet& operator=(const PatternSet&) = delete;
  ~PatternSet();

  // Which patterns are found anywhere in `text`, ascending. Text that is not
  // UTF-8 matches as RE2 reads it: a wrong byte is no character. A text that
  // drives the common automaton out of its memory is matched pattern by
  // pattern, which takes longer but is linear, too.
  [[nodiscard]] std::vector<std::size_t> find(std::string_view text) const;

 private:
  struct State;
  explicit PatternSet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mailreeve::pattern
