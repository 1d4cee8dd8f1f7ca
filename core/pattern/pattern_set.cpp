#include "core/pattern/pattern_set.h"

#include <algorithm>

#include <re2/re2.h>
#include <re2/set.h>

namespace mailreeve::pattern {

namespace {

// Room for one pattern's program: enough for lists of a few thousand words.
constexpr std::int64_t kPatternMemory = std::int64_t{8} << 20U;

RE2::Options options(std::int64_t memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

// `^` and `$` at line ends, `.` not over them: as people expect who search text
// line by line.
std::string written(const Pattern& pattern) {
  return (pattern.caseSensitive ? "(?m:" : "(?mi:") + pattern.expression + ")";
}

}  // namespace

std::string checkPattern(std::string_view expression) {
  const RE2 regex(re2::StringPiece(expression.data(), expression.size()),
                  options(kPatternMemory));
  if (!regex.ok()) return "must be a regular expression: " + regex.error();
  if (RE2::PartialMatch("", regex))
    return "must not match the empty text, which is everywhere";
  return "";
}

struct PatternSet::State {
  explicit State(std::int64_t memory) : set(options(memory), RE2::UNANCHORED) {}

  RE2::Set set;
  bool empty = true;
};

Result<PatternSet> PatternSet::make(const std::vector<Pattern>& patterns,
                                    std::size_t memory) {
  auto state = std::make_unique<State>(static_cast<std::int64_t>(memory));
  for (const auto& pattern : patterns) {
    std::string wrong;
    if (state->set.Add(written(pattern), &wrong) < 0)
      return Error{ErrorCode::Invalid, pattern.expression + ": " + wrong};
    state->empty = false;
  }
  if (!state->set.Compile())
    return Error{ErrorCode::Invalid,
                 "the " + std::to_string(patterns.size()) +
                     " patterns together need too much memory"};
  return PatternSet(std::move(state));
}

PatternSet::PatternSet(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

Result<std::vector<std::size_t>> PatternSet::find(std::string_view text) const {
  std::vector<std::size_t> found;
  if (state_->empty) return found;
  std::vector<int> indexes;
  RE2::Set::ErrorInfo error{};
  const bool matched = state_->set.Match(
      re2::StringPiece(text.data(), text.size()), &indexes, &error);
  if (!matched && error.kind != RE2::Set::kNoError)
    return Error{ErrorCode::Unavailable,
                 "the patterns ran out of memory on this text"};
  std::sort(indexes.begin(), indexes.end());
  for (const int index : indexes)
    found.push_back(static_cast<std::size_t>(index));
  return found;
}

}  // namespace mailreeve::pattern
