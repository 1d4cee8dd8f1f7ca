#include "core/mail/safe_view.h"

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/mail/header_text.h"

namespace mailreeve::mail {

namespace {

std::string htmlMail(const std::string& body) {
  return "From: =?utf-8?q?M=C3=BCller?= <m@outside.example>\r\n"
         "Subject: =?utf-8?b?4pyTIG9r?=\r\n"
         "Content-Type: text/html; charset=utf-8\r\n\r\n" +
         body;
}

bool holds(const std::string& text, const std::string& what) {
  return lower(text).find(lower(what)) != std::string::npos;
}

}  // namespace

TEST_CASE("what a page of foreign HTML must not hold") {
  struct Row {
    std::string label;
    std::string html;
    std::string never;
  };

  const std::vector<Row> rows = {
      {"a script", "<p>x<script>alert(1)</script>", "alert"},
      {"a script in capitals", "<SCRIPT SRC=//evil>x</SCRIPT>", "evil"},
      {"an event", "<p onclick='evil()'>x</p>", "evil"},
      {"a remote picture", "<img src=https://evil/x.png>", "evil"},
      {"a style that loads", "<p style='background:url(//evil)'>x", "evil"},
      {"a style sheet", "<style>@import '//evil';</style>x", "evil"},
      {"a frame", "<iframe src=//evil></iframe>", "evil"},
      {"a form", "<form action=x><input name=y></form>", "<form"},
      {"a link that works", "<a href='https://evil'>x</a>", "href"},
      {"a base", "<base href=//evil>", "evil"},
      {"a comment that ends it all", "<!-- --!><svg onload=evil>", "<svg"},
      {"a tag in an attribute", "<a href='<script>'>x</a>", "<script"},
      {"a tag that never ends", "x <script", "<script"},
      {"a page's end", "</body></html><script>evil", "evil"},
      {"a picture's alt that is markup", "<img alt='<b onx=1>'>", "<b onx"},
      {"object", "<object data=//evil></object>", "evil"},
      {"meta refresh", "<meta http-equiv=refresh content='0;//evil'>", "evil"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto page = safeHtml(htmlMail(row.html));
    CHECK_FALSE(holds(page, row.never));
    CHECK(holds(page, "default-src 'none'"));
  }
}

TEST_CASE("what a page keeps") {
  const auto page = safeHtml(htmlMail(
      "<h1>Hello</h1><p>a &lt; b <a href=\"https://x.example/?a=1&amp;b=2\">"
      "there</a><img src=x alt=\"our logo\"></p>"));
  CHECK(holds(page, "<h1>Hello</h1>"));
  CHECK(holds(page, "a &lt; b"));
  CHECK(holds(page, "there [https://x.example/?a=1&amp;b=2]"));
  CHECK(holds(page, "[picture: our logo]"));
  CHECK(holds(page, "M\xC3\xBCller &lt;m@outside.example&gt;"));
}

TEST_CASE("the text of a message, and what else is in it") {
  const auto text = safeText(
      "From: a@outside.example\r\n"
      "Subject: =?utf-8?b?4pyTIG9r?=\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nHello \x1b[31mred\x07\r\n"
      "--b\r\nContent-Type: application/zip; name=\"in\\\"voice.zip\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n");
  CHECK(holds(text, "Subject: \xE2\x9C\x93 ok"));
  CHECK(holds(text, "Hello ?[31mred?"));  // No terminal obeys it.
  CHECK(holds(text, "application/zip"));
  CHECK(holds(text, "voice.zip"));
  CHECK(holds(text, "3 bytes"));
}

TEST_CASE("HTML alone is read as text") {
  CHECK(holds(safeText(htmlMail("<p>Hi<br>there</p>")), "Hi\nthere"));
}

TEST_CASE("HTML is read in the charset that only it names") {
  CHECK(holds(safeText("Content-Type: text/html\r\n\r\n<meta charset=koi8-r>"
                       "<p>\xd4\xc1\xca\xce\xc1\r\n"),
              "тайна"));
}

TEST_CASE("a long message is cut, and says so") {
  const auto text =
      safeText("Subject: x\r\n\r\n" + std::string(5000, 'y'), {.bytes = 1000});
  CHECK(text.size() < 1200);
  CHECK(holds(text, "not shown"));
}

TEST_CASE("a header that is no UTF-8 is still a line of it") {
  CHECK(readableHeader("=?x-none?q?=FF?= \xff\n a") != "");
  CHECK(anyAsUtf8("\xe9") == "\xC3\xA9");
}

}  // namespace mailreeve::mail
