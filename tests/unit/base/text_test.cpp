#include "core/base/text.h"

#include <ctime>
#include <string>

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("a wildcard pattern matches the whole text") {
  struct Row {
    std::string label;
    std::string pattern;
    std::string text;
    bool want;
  };

  const Row rows[] = {
      {"equal text", "a@b.example", "a@b.example", true},
      {"ASCII case is ignored", "A@B.example", "a@b.EXAMPLE", true},
      {"a star stands for nothing too", "a*@b", "a@b", true},
      {"a leading star", "*@b.example", "alice@b.example", true},
      {"no match without a star", "b.example", "a@b.example", false},
      {"a star that has to give back", "*ab*abc", "ababxabc", true},
      {"only stars match nothing", "**", "", true},
      {"an empty pattern matches only nothing", "", "a", false},
      {"the text ends too early", "a*b", "a", false},
      {"quadratic input ends soon",
       "a*a*a*a*a*a*a*a*a*b",
       std::string(4000, 'a'),
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(matchesWildcard(row.pattern, row.text) == row.want);
  }
}

TEST_CASE("what a text contains is found in time, however alike the two are") {
  CHECK(contains("abc", "bc"));
  CHECK(contains("abc", ""));
  CHECK(contains("", ""));
  CHECK_FALSE(contains("abc", "abcd"));
  const std::string text(std::size_t{8} << 20U, 'a');
  const auto begin = std::clock();
  CHECK_FALSE(contains(text, text.substr(text.size() / 2) + "b"));
  CHECK(std::clock() - begin < CLOCKS_PER_SEC);
}

TEST_CASE("a number fills its text or is none") {
  CHECK(parseNumber("0") == 0);
  CHECK(parseNumber("18446744073709551615") == UINT64_MAX);
  for (const std::string text :
       {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parseNumber(text));
  }
}

TEST_CASE("the nearest name is offered only when it is near") {
  const std::vector<std::string_view> names = {
      "hostname", "banner", "max_recipients"};
  CHECK(nearest("hostnam", names) == "hostname");
  CHECK(nearest("max_recipient", names) == "max_recipients");
  CHECK(nearest("hsotname", names) == "hostname");
  CHECK(nearest("quota", names).empty());
}

TEST_CASE("sizes are written with the largest unit that divides them") {
  CHECK(formatSize(0) == "0");
  CHECK(formatSize(1000) == "1000");
  CHECK(formatSize(24U << 20U) == "24M");
  CHECK(formatSize(std::uint64_t{3} << 40U) == "3072G");
}

TEST_CASE("replacing leaves the rest alone, however much there is") {
  CHECK(replaceAll("a\r\nb\r\n", "\r\n", "\n") == "a\nb\n");
  CHECK(replaceAll("aaa", "a", "aa") == "aaaaaa");
  CHECK(replaceAll("abc", "x", "y") == "abc");
  CHECK(replaceAll("", "x", "y").empty());
  // 64 MB of it: in quadratic time the test would not end.
  const std::string lines(32'000'000, '\n');
  CHECK(replaceAll(lines, "\n", "\r\n").size() == 64'000'000);
}

TEST_CASE("a log line cannot be forged with control characters") {
  CHECK(printable("a\r\nb\x7f") == "a??b?");
  CHECK_MESSAGE(printable("photo\u202egpj.exe\u202c") == "photo?gpj.exe?",
                "what turns text around");
  CHECK_MESSAGE(printable("a\u2066b\u2069\u2028") == "a?b??",
                "isolates, and an end of a line");
  CHECK_MESSAGE(printable("\u05d0\u200f \u2019\u20ac \U0001f600") ==
                    "\u05d0\u200f \u2019\u20ac \U0001f600",
                "letters from right to left and their marks stay");
  CHECK_MESSAGE(printable("\x9b"
                          "5m\xe2\x80\xe9") == "?5m\xe2?\xe9",
                "control characters of eight bits");
  CHECK_MESSAGE(printable("a\xc2\x9b"
                          "2J") == "a?2J",
                "what begins a sequence");
  CHECK_MESSAGE(printable("\xc2\xa0\xc3\xa4\xc2") == "\xc2\xa0\xc3\xa4\xc2",
                "other characters stay");
}

}  // namespace mailreeve
