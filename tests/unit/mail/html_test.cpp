#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/mail/html_entity.h"
#include "core/mail/html_scan.h"
#include "core/mail/html_text.h"

namespace mailreeve::mail {

namespace {

// "Open:p Text Close:p": what the scanner sees.
std::string tokens(std::string_view html) {
  std::vector<std::string> out;
  HtmlScanner scanner(html);
  std::size_t end = 0;
  for (HtmlToken token; scanner.next(token);) {
    CHECK(token.begin == end);
    CHECK(token.end > token.begin);
    end = token.end;
    constexpr std::string_view kNames[] = {
        "text", "<", "</", "hidden", "raw", "broken"};
    out.push_back(std::string(kNames[static_cast<std::size_t>(token.kind)]) +
                  token.name);
  }
  CHECK(end == html.size());
  return join(out, " ");
}

}  // namespace

TEST_CASE("HTML is split as browsers split it") {
  struct Row {
    std::string label;
    std::string html;
    std::string want;
  };

  const Row rows[] = {
      {"tags and text", "<P>a</P>", "<p text </p"},
      {"attributes with > in quotes", "<a b=\">\" c='>'>x", "<a text"},
      {"a quote in the text of a tag is none", "<a b=c\">x", "<a text"},
      {"attributes over lines", "<body\nbgcolor =\n\"x>\">", "<body"},
      {"a comment with a tag", "<!-- <p> -->a", "hidden text"},
      {"the shortest comment", "<!-->a", "hidden text"},
      {"a conditional comment", "<!--[if mso]><p><![endif]-->a", "hidden text"},
      {"a doctype", "<!DOCTYPE html>a", "hidden text"},
      {"a script with tags",
       "<script>if (a<b) '</p>'</script>a",
       "<script raw </script text"},
      {"an empty style", "<style></style>a", "<style </style text"},
      {"a style that is never closed", "<style>a</p>", "<style brokenstyle"},
      {"a comment that is never closed", "a<!-- b", "text broken"},
      {"a tag that is never closed", "a<b c=\"", "text brokenb"},
      {"a < that is no tag", "a < b <3 c</ d", "text text text text"},
      {"a self-closing tag", "<br/>a", "<br text"},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(tokens(row.html) == row.want);
  }
}

TEST_CASE("attributes are found") {
  HtmlScanner scanner("<a HREF = 'x y' b=c/d e checked f=\"\">");
  HtmlToken tag;
  REQUIRE(scanner.next(tag));
  CHECK(tag.attribute("href") == "x y");
  CHECK(tag.attribute("b") == "c/d");
  CHECK(tag.attribute("e").empty());
  CHECK(tag.attribute("checked").empty());
  CHECK(tag.attribute("f").empty());
  CHECK(tag.attribute("g").empty());
}

TEST_CASE("HTML is read as text") {
  struct Row {
    std::string label;
    std::string html;
    std::string want;
  };

  const Row rows[] = {
      {"blanks run together", "a \n\t b", "a b"},
      {"a line break", "a<br>b", "a\nb"},
      {"paragraphs", "<p>a</p><p>b</p>", "a\n\nb"},
      {"blocks", "<div>a</div><div>b</div>c", "a\nb\nc"},
      {"a list", "<ul><li>a</li><li>b</li></ul>", "* a\n* b"},
      {"a table",
       "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
       "a b\nc"},
      {"entities",
       "&lt;a&gt; &amp; &auml;&#228;&#xE4; &unknown; &",
       "<a> & \xc3\xa4\xc3\xa4\xc3\xa4 &unknown; &"},
      {"preformatted text", "<pre>a\n  b</pre>c", "a\n  b\n\nc"},
      {"script, style and title are not shown",
       "<title>t</title><style>s</style><script>x</script>a",
       "a"},
      {"a picture's text", "<img alt=\"logo\">a", "logoa"},
      {"a link",
       "<a href=\"https://b.example/c\">here</a>",
       "here (https://b.example/c)"},
      {"a link that shows itself", "<a href=\"mailto:a@b\">a@b</a>", "a@b"},
      {"a link within the page", "<a href=\"#top\">up</a>", "up"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(htmlToText(row.html) == row.want);
  }
}

TEST_CASE("links are numbered, and their targets listed") {
  struct Row {
    std::string label;
    std::string html;
    std::string want;
  };

  const Row rows[] = {
      {"a link",
       "Read <a href=\"https://b.example/c\">this</a> first.",
       "Read this [1] first.\n\n[1] https://b.example/c"},
      {"two, and the first again",
       "<a href=http://a.example/>a</a> <a href=http://b.example/>b</a> "
       "<a href=http://a.example/>c</a>",
       "a [1] b [2] c [1]\n\n[1] http://a.example/\n[2] http://b.example/"},
      {"one that shows itself",
       "<a href=\"https://b.example/\">b.example</a>",
       "b.example"},
      {"one that shows itself and more",
       "<a href=http://evil.test/>https://bank.example (by evil.test)</a>",
       "https://bank.example (by evil.test) [1]\n\n[1] http://evil.test/"},
      {"within the page", "<a href=\"#top\">up</a>", "up"},
      {"a picture without words",
       "a <a href=http://a.example/x><img src=b></a>",
       "a [1]\n\n[1] http://a.example/x"},
      {"around a paragraph",
       "<a href=http://a.example/x><p>a</p></a><p>b</p>",
       "a [1]\n\nb\n\n[1] http://a.example/x"},
      {"never closed",
       "<a href=http://a.example/x>a <a href=http://b.example/x>b",
       "a [1] b [2]\n\n[1] http://a.example/x\n[2] http://b.example/x"},
      {"what runs is left out",
       "<a href=\"java&#10;script:x()\">a</a> <a href=data:text/html,x>b</a>",
       "a b"},
      {"no target begins another line",
       "<a href=\"http://a.example/&#10;[2] http://bank.example/\">a</a>",
       "a [1]\n\n[1] http://a.example/[2]%20http://bank.example/"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(htmlToText(row.html, {.links = HtmlLinks::Numbered}) == row.want);
  }
  std::string many;
  for (int i = 0; i < 50000; ++i)
    many += "<a href=x" + std::to_string(i) + "><br></a>";
  CHECK(htmlToText(many, {.links = HtmlLinks::Numbered}).size() > 1000000);
}

TEST_CASE("a number that is no character is replaced") {
  for (const std::string text : {"&#0;", "&#xD800;", "&#x110000;"})
    CHECK(decodeEntities(text) == "\xef\xbf\xbd");
  CHECK(decodeEntities("&#99999999999;") == "&#99999999999;");
}

TEST_CASE("HTML means the same in every charset") {
  CHECK(asciiHtml("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") ==
        "a&#228;&#8364;&#128512;");
}

TEST_CASE("HTML is folded at blanks") {
  CHECK(foldHtml("aa bb cc", 5) == "aa bb\r\ncc");
  CHECK(foldHtml("aaaaaaaa bb", 5) == "aaaaaaaa\r\nbb");
  CHECK(foldHtml("a\nb\r\nc", 5) == "a\r\nb\r\nc");
  CHECK(foldHtml("\na", 5) == "\r\na");
}

TEST_CASE("the body of a document is what it shows") {
  CHECK(htmlBody("<html><body a='>'>b</body></html>") == "b");
  CHECK(htmlBody("b") == "b");
  CHECK(htmlBody("<body>b") == "b");
}

}  // namespace mailreeve::mail
