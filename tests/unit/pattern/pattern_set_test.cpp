#include "core/pattern/pattern_set.h"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::pattern {

namespace {

// "0 2": which patterns were found.
std::string found(const std::vector<Pattern>& patterns,
                  const std::string& text) {
  const auto set = PatternSet::make(patterns);
  if (!set) return "error: " + set.error().what;
  std::vector<std::string> words;
  for (const auto index : set->find(text))
    words.push_back(std::to_string(index));
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

TEST_CASE("plain text means itself") {
  struct Row {
    std::string label;
    std::string expression;
    std::string text;
    bool matches;
  };

  const Row rows[] = {
      {"in the middle", containing("a.b*(c"), "xa.b*(cx", true},
      {"and nothing else", containing("a.b*"), "axb", false},
      {"a blank is a line break, too",
       containing("top secret"),
       "this is top\r\n   SECRET",
       true},
      {"blanks at the ends of the expression count",
       containing(" won "),
       "wonder",
       false},
      {"letters beyond ASCII have case",
       containing("GR\xc3\x9cSSE"),
       "viele gr\xc3\xbcsse",
       true},
      {"all of it", equalTo("invoice"), " Invoice\r\n", true},
      {"and nothing more", equalTo("invoice"), "invoice 7", false},
      {"not even in another line", equalTo("invoice"), "a\ninvoice", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(found({{row.expression}}, row.text) == (row.matches ? "0" : ""));
  }
}

// A backtracking engine needs longer than the universe for these. Ten times the
// text must take about ten times as long.
TEST_CASE("what makes others go back and forth takes linear time") {
  const std::vector<Pattern> nasty = {{"(a+)+$b"},
                                      {"(a|aa)+c"},
                                      {"(x+x+)+y"},
                                      {"(.*)(.*)(.*)(.*)z!"},
                                      {"(a?){50}a{50}q"},
                                      {"[ab]*a[ab]{30}c"}};
  // Once with room for the common automaton, once pattern by pattern.
  for (const std::size_t memory :
       {std::size_t{64} << 20U, std::size_t{200000}}) {
    CAPTURE(memory);
    const auto set = PatternSet::make(nasty, memory);
    REQUIRE(set);
    const auto timeFor = [&](std::size_t size) {
      std::string text;
      while (text.size() < size) text += "aaabxxaabbabaaa";
      const auto start = std::chrono::steady_clock::now();
      CHECK(set->find(text).empty());
      return std::chrono::steady_clock::now() - start;
    };
    static_cast<void>(timeFor(1000));
    const auto small = timeFor(20000);
    const auto large = timeFor(200000);
    // Generous: the machine may be busy. Quadratic would be a hundred.
    CHECK(large < 40 * small + std::chrono::milliseconds(200));
  }
}

}  // namespace mailreeve::pattern
