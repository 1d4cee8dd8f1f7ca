#include "core/pattern/pattern_set.h"

#include <algorithm>
#include <memory>

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

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

// `^` and `$` at line ends, `.` not over them: as people expect who search text
// line by line.
std::string written(const Pattern& pattern) {
  return (pattern.caseSensitive ? "(?m:" : "(?mi:") + pattern.expression + ")";
}

}  // namespace

std::string containing(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    if (!out.empty() || end == 0) out += "\\s+";
    out += RE2::QuoteMeta(piece(text.substr(0, end)));
    text.remove_prefix(
        std::min(text.find_first_not_of(kBlanks, end), text.size()));
  }
  return out;
}

std::string equalTo(std::string_view text) {
  return "\\A\\s*" + containing(text) + "\\s*\\z";
}

std::string checkPattern(std::string_view expression) {
  const RE2 regex(piece(expression), options(kPatternMemory));
  if (!regex.ok()) return "must be a regular expression: " + regex.error();
  if (RE2::PartialMatch("", regex))
    return "must not match the empty text, which is everywhere";
  return "";
}

struct PatternSet::State {
  explicit State(std::int64_t memory) : set(options(memory), RE2::UNANCHORED) {}

  RE2::Set set;
  std::vector<std::unique_ptr<const RE2>> single;
};

Result<PatternSet> PatternSet::make(const std::vector<Pattern>& patterns,
                                    std::size_t memory) {
  auto state = std::make_unique<State>(static_cast<std::int64_t>(memory));
  for (const auto& pattern : patterns) {
    std::string wrong;
    if (state->set.Add(written(pattern), &wrong) < 0)
      return Error{ErrorCode::Invalid, pattern.expression + ": " + wrong};
    state->single.push_back(
        std::make_unique<const RE2>(written(pattern), options(kPatternMemory)));
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

std::vector<std::size_t> PatternSet::find(std::string_view text) const {
  std::vector<std::size_t> found;
  if (state_->single.empty()) return found;
  std::vector<int> indexes;
  RE2::Set::ErrorInfo error{};
  if (state_->set.Match(piece(text), &indexes, &error)) {
    std::sort(indexes.begin(), indexes.end());
    for (const int index : indexes)
      found.push_back(static_cast<std::size_t>(index));
  } else if (error.kind != RE2::Set::kNoError) {
    for (std::size_t i = 0; i < state_->single.size(); ++i)
      if (RE2::PartialMatch(piece(text), *state_->single[i]))
        found.push_back(i);
  }
  return found;
}

}  // namespace mailreeve::pattern
