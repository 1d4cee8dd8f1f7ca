#include "core/content/calendar.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::content {

TEST_CASE("what an invitation tells is read as calendar programs read it") {
  struct Row {
    std::string label;
    std::string lines;
    std::vector<std::string> want;  // HTML in brackets.
  };

  const Row rows[] = {
      {"a description", "DESCRIPTION:See you", {"See you"}},
      {"folded within a word", "DESCRIPTION:See y\r\n ou\r\n\t!", {"See you!"}},
      {"folded in an LF text", "DESCRIPTION:See y\n ou", {"See you"}},
      {"with escapes",
       "DESCRIPTION:a\\nb\\, c\\; d\\\\e\\N",
       {"a\nb, c; d\\e\n"}},
      {"in another case", "Description:a", {"a"}},
      {"with parameters",
       "DESCRIPTION;LANGUAGE=de;X-A=\"b:c;d\":text: more",
       {"text: more"}},
      {"HTML beside it",
       "DESCRIPTION:a\r\nX-ALT-DESC;FMTTYPE=text/html:<b>a</b>\\n",
       {"a", "[<b>a</b>\n]", "<b>a</b>\n"}},
      {"HTML in it",
       "DESCRIPTION:<a href=x>y</a>",
       {"[<a href=x>y</a>]", "<a href=x>y</a>"}},
      {"an address in angle brackets is no HTML",
       "DESCRIPTION:a<https://x.example>",
       {"a<https://x.example>"}},
      {"HTML as an alternative",
       "DESCRIPTION;ALTREP=\"data:text/html,%3Cb%3Ea%3A\":a",
       {"a", "[<b>a:]"}},
      {"HTML as an alternative, in base64",
       "DESCRIPTION;ALTREP=\"data:text/html;charset=utf-8;base64,PGI+\":a",
       {"a", "[<b>]"}},
      {"summary, place and comment",
       "SUMMARY:a\r\nLOCATION:b\r\nCOMMENT:c",
       {"a", "b", "c"}},
      {"other properties are not shown",
       "BEGIN:VEVENT\r\nUID:a\r\nATTENDEE:mailto:a@b.example\r\nEND:VEVENT",
       {}},
      {"the same twice", "SUMMARY:a\r\nDESCRIPTION:a", {"a"}},
      {"nothing", "", {}},
      {"a line without a value", "DESCRIPTION", {}},
      {"a quote that is never closed", "DESCRIPTION;A=\"b:c", {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    std::vector<std::string> got;
    for (const auto& each : calendarTexts(row.lines + "\r\n"))
      got.push_back(each.html ? "[" + each.text + "]" : each.text);
    CHECK(join(got, "|") == join(row.want, "|"));
  }
}

TEST_CASE("the links of a plain description show what their reader sees") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"an address shows itself",
       "Join https://x.example/a?b&c now",
       "<a href=\"https://x.example/a?b&amp;c\">"
       "https://x.example/a?b&amp;c</a>\n"},
      {"in angle brackets it shows what stands before it",
       "Hello,\nlog in at www.bank.example <http://evil.test/>",
       "<a href=\"http://evil.test/\">log in at www.bank.example</a>\n"},
      {"but not another link",
       "a<http://a.example/>b<HTTP://b.example/>",
       "<a href=\"http://a.example/\">a</a>\n"
       "<a href=\"HTTP://b.example/\">b</a>\n"},
      {"letters before the scheme are none of it",
       "xhttps://a.example/",
       "<a href=\"https://a.example/\">https://a.example/</a>\n"},
      {"other schemes lead nowhere", "tel://1 a:// ://", ""},
      {"no links", "Hello <b>", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(calendarHtml({row.text, false}) == row.want);
  }
  CHECK(calendarHtml({"<b>", true}) == "<b>");
  std::string many;
  for (int i = 0; i < 200000; ++i) many += "://<";
  CHECK(calendarHtml({many, false}).empty());
}

}  // namespace mailreeve::content
