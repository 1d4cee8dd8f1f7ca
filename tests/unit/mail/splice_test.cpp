#include "core/mail/splice.h"

#include <doctest/doctest.h>

namespace mailreeve::mail {

namespace {

const std::string kMessage =
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\none\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n";

Splice replace(const std::string& what, const std::string& with) {
  const auto at = kMessage.find(what);
  REQUIRE(at != std::string::npos);
  return {{at, at + what.size()}, with};
}

}  // namespace

TEST_CASE("an edit that changes more than it says is refused") {
  struct Row {
    std::string label;
    Splice splice;
    std::string problem;  // Empty: it is done.
  };

  const Row rows[] = {
      {"text in the leaf", replace("one", "one and a half"), ""},
      {"more lines in the leaf", replace("one", "one\r\nand a half"), ""},
      {"another charset of the leaf", replace("utf-8", "iso-8859-1"), ""},
      {"a longer text of the same kind",
       replace("one", std::string(998, 'x')),
       ""},
      {"text in another leaf",
       replace("two", "three"),
       "a range lies outside the edited parts"},
      {"the message's own header",
       replace("mixed", "related"),
       "a range lies outside the edited parts"},
      {"a boundary in the text",
       replace("one", "one\r\n--b\r\n\r\nmore"),
       "the structure changed"},
      {"an end boundary in the text",
       replace("one", "one\r\n--b--"),
       "the structure changed"},
      {"another type",
       replace("text/plain; charset=utf-8", "text/html"),
       "a part changed its kind"},
      {"a file name",
       replace("charset=utf-8", "charset=utf-8; name=a.exe"),
       "a part changed its kind"},
      {"a line that is too long",
       replace("one", std::string(999, 'x')),
       "a line became too long"},
      {"8-bit in a 7-bit leaf",
       replace("one", "\xc3\xa4"),
       "a 7-bit part became 8-bit"},
      {"an encoding that does not fit",
       replace("charset=utf-8",
               "charset=utf-8\r\nContent-Transfer-Encoding: rot13"),
       "the structure changed"},
  };
  const auto tree = MimeTree::parse(kMessage);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = spliceLeaves(kMessage, tree, {row.splice}, {1});
    REQUIRE(got.ok() == row.problem.empty());
    if (!got) CHECK(got.error().what == "splice: " + row.problem);
    if (got) CHECK(got->view().find(row.splice.with) != std::string::npos);
  }
}

TEST_CASE("text must stay valid in its charset") {
  const std::string bytes =
      "Content-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xa4\r\n";
  const auto tree = MimeTree::parse(bytes);
  const auto end = bytes.size();
  CHECK(spliceLeaves(bytes, tree, {{{end, end}, "\xc3\xb6\r\n"}}, {0}));
  const auto got = spliceLeaves(bytes, tree, {{{end, end}, "\xff\r\n"}}, {0});
  REQUIRE_FALSE(got);
  CHECK(got.error().what == "splice: the text left its charset");
}

TEST_CASE("splices are done together, from left to right") {
  const auto spliced = [](std::string_view bytes, std::vector<Splice> splices) {
    const auto result = applySplices(bytes, std::move(splices));
    REQUIRE(result);
    return std::string(result->view());
  };
  CHECK(spliced("abcdef", {{{4, 5}, "E"}, {{1, 2}, ""}, {{6, 6}, "!"}}) ==
        "acdEf!");
  CHECK(spliced("ab", {{{1, 1}, "x"}, {{1, 1}, "y"}}) == "axyb");
  CHECK(spliced("ab", {}) == "ab");
  CHECK_FALSE(applySplices("abc", {{{0, 2}, ""}, {{1, 3}, ""}}));
  CHECK_FALSE(applySplices("abc", {{{2, 4}, ""}}));
}

TEST_CASE("the longest line is counted without its end") {
  CHECK(longestLine("") == 0);
  CHECK(longestLine("abc\r\nde\r\n") == 3);
  CHECK(longestLine("a\nbcd") == 3);
}

}  // namespace mailreeve::mail
