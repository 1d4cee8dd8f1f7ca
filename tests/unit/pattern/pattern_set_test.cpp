#include "core/pattern/pattern_set.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::pattern {

namespace {

// "0 2": which patterns were found.
std::string found(const std::vector<Pattern>& patterns,
                  const std::string& text) {
  const auto set = PatternSet::make(patterns);
  if (!set) return "error: " + set.error().what;
  const auto indexes = set->find(text);
  REQUIRE(indexes);
  std::vector<std::string> words;
  for (const auto index : *indexes) words.push_back(std::to_string(index));
  return join(words, " ");
}

}  // namespace

TEST_CASE("patterns are found anywhere, all in one pass") {
  struct Row {
    std::string label;
    std::vector<Pattern> patterns;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"no pattern matches nothing", {}, "text", ""},
      {"a word in the middle", {{"lottery"}}, "you won the lottery!", "0"},
      {"case is ignored unless wanted", {{"win"}, {"win", true}}, "WIN", "0"},
      {"several at once",
       {{"a+b"}, {"zzz"}, {"\\bcab\\b"}},
       "x aab cab",
       "0 2"},
      {"letters beyond ASCII, in any case", {{"größe"}}, "GRÖSSE GRÖßE", "0"},
      {"line ends are ends", {{"^second$"}}, "first\nsecond\nthird", "0"},
      {"a point stops at the line's end", {{"a.b"}}, "a\nb", ""},
      {"bytes that are no UTF-8 harm nobody", {{"cash"}}, "\xff\xfe cash", "0"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(found(row.patterns, row.text) == row.want);
  }
}

TEST_CASE("a pattern that cannot be used is refused with the reason") {
  CHECK(checkPattern("(pills|v1agra)\\d*x").empty());
  CHECK(checkPattern("(a").find("missing )") != std::string::npos);
  CHECK(checkPattern("(a)\\1").find("regular expression") != std::string::npos);
  CHECK(checkPattern("a(?=b)").find("regular expression") != std::string::npos);
  CHECK(checkPattern("a*").find("empty text") != std::string::npos);
  CHECK(found({{"ok"}, {"(a"}}, "ok").starts_with("error: (a: "));
}

TEST_CASE("what makes others go back and forth takes linear time") {
  const std::string text(200'000, 'a');
  CHECK(found({{"(a+)+$b"}, {"(a|aa)+c"}}, text) == "");
}

}  // namespace mailreeve::pattern
