// Where in a leaf the notice stands, how often it comes, and what is said in
// it.
#include "tests/unit/mail/notice_fixture.h"

namespace mailreeve::mail {

using namespace testing;

namespace {

const std::string kHtmlHead = "Content-Type: text/html\n\n";

}  // namespace

TEST_CASE("the notice stands where it was asked for") {
  using Position = Notice::Position;

  struct Row {
    std::string label;
    Position position;
    std::string message;
    std::string want;
  };

  const std::string plain = "Subject: x\n\n";
  const std::string reply = "new\n\nOn Monday, Bob wrote:\n> old\n> older\n";
  const Row rows[] = {
      {"the top of a text",
       Position::Top,
       plain + "hello\n",
       plain + "{N}\n\nhello\n"},
      {"the top of an empty text", Position::Top, plain, plain + "{N}\n"},
      {"above a quote",
       Position::AboveQuote,
       plain + reply,
       plain + "new\n\n\n{N}\n\nOn Monday, Bob wrote:\n> old\n> older\n"},
      {"below a quote",
       Position::Bottom,
       plain + reply,
       plain + reply + "\n{N}\n"},
      {"above a wrapped attribution",
       Position::AboveQuote,
       plain + "new\n\nOn Monday, Bob\n<b@c> wrote:\n\n> old\n",
       plain + "new\n\n\n{N}\n\nOn Monday, Bob\n<b@c> wrote:\n\n> old\n"},
      {"above a quote that a signature follows",
       Position::AboveQuote,
       plain + "new\n\nBob wrote:\n> old\n-- \nAlice\n",
       plain + "new\n\n\n{N}\n\nBob wrote:\n> old\n-- \nAlice\n"},
      {"a reply below the quote is no top post",
       Position::AboveQuote,
       plain + "Bob wrote:\n> old\nnew\n",
       plain + "Bob wrote:\n> old\nnew\n\n{N}\n"},
      {"above Outlook's title",
       Position::AboveQuote,
       plain + "new\n\n-----Original Message-----\nFrom: b\n\nold\n",
       plain + "new\n\n\n{N}\n\n-----Original Message-----\nFrom: b\n\nold\n"},
      {"above Outlook's line",
       Position::AboveQuote,
       plain + "new\n" + std::string(32, '_') +
           "\nVon: b\nGesendet: c\n\nold\n",
       plain + "new\n\n{N}\n\n" + std::string(32, '_') +
           "\nVon: b\nGesendet: c\n\nold\n"},
      {"above a forwarded header",
       Position::AboveQuote,
       plain + "new\n\nFrom: b\nSent: c\nTo: d\n\nold\n",
       plain + "new\n\n\n{N}\n\nFrom: b\nSent: c\nTo: d\n\nold\n"},
      {"no quote: the bottom",
       Position::AboveQuote,
       plain + "hello\n",
       plain + "hello\n\n{N}\n"},
      {"behind <body>, whose attributes take two lines",
       Position::Top,
       kHtmlHead + "<html><body\n class='a>b'>hello</body></html>\n",
       kHtmlHead + "<html><body\n class='a>b'>\n{H}\nhello</body></html>\n"},
      {"behind the head when there is no body",
       Position::Top,
       kHtmlHead + "<!DOCTYPE html><html><head></head>hello\n",
       kHtmlHead + "<!DOCTYPE html><html><head></head>\n{H}\nhello\n"},
      {"before anything else",
       Position::Top,
       kHtmlHead + "hello\n",
       kHtmlHead + "{H}\nhello\n"},
      {"before the last </body>",
       Position::Bottom,
       kHtmlHead + "a</body>b</BODY ></html>\n",
       kHtmlHead + "a</body>b\n{H}\n</BODY ></html>\n"},
      {"not before a </body> in a comment",
       Position::Bottom,
       kHtmlHead + "a</body><!-- </body> -->\n",
       kHtmlHead + "a\n{H}\n</body><!-- </body> -->\n"},
      {"not before a </body> in a script",
       Position::Bottom,
       kHtmlHead + "<script>'</body>'</script>a\n",
       kHtmlHead + "<script>'</body>'</script>a\n{H}\n"},
      {"before </html> when </body> is missing",
       Position::Bottom,
       kHtmlHead + "<html>a</html>\n",
       kHtmlHead + "<html>a\n{H}\n</html>\n"},
      {"before a comment that is never closed",
       Position::Bottom,
       kHtmlHead + "a<!-- b </body>\n",
       kHtmlHead + "a\n{H}\n<!-- b </body>\n"},
      {"before a title that is never closed",
       Position::Bottom,
       kHtmlHead + "a<title>b</body>\n",
       kHtmlHead + "a\n{H}\n<title>b</body>\n"},
      {"before a title whose end is cut off",
       Position::Bottom,
       kHtmlHead + "a<title>b</title\n-\n",
       kHtmlHead + "a\n{H}\n<title>b</title\n-\n"},
      {"before a tag that is never closed",
       Position::Bottom,
       kHtmlHead + "a<a href=\"b\n",
       kHtmlHead + "a\n{H}\n<a href=\"b\n"},
      {"above Gmail's quote",
       Position::AboveQuote,
       kHtmlHead + "new<div class=\"gmail_quote\">On ... wrote:"
                   "<blockquote>old</blockquote></div>\n",
       kHtmlHead + "new\n{H}\n<div class=\"gmail_quote\">On ... wrote:"
                   "<blockquote>old</blockquote></div>\n"},
      {"above a quoting blockquote",
       Position::AboveQuote,
       kHtmlHead + "new<blockquote type=cite>old</blockquote>\n",
       kHtmlHead + "new\n{H}\n<blockquote type=cite>old</blockquote>\n"},
      {"above Outlook's quote",
       Position::AboveQuote,
       kHtmlHead + "new<div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
                   "From: b</div>old\n",
       kHtmlHead + "new\n{H}\n<div style='border:none;border-top:solid #E1E1E1 "
                   "1.0pt'>From: b</div>old\n"},
      {"a reply below the blockquote is no top post",
       Position::AboveQuote,
       kHtmlHead + "<blockquote type=cite>old</blockquote>new\n",
       kHtmlHead + "<blockquote type=cite>old</blockquote>new\n{H}\n"},
      {"a blockquote that only indents is no quote",
       Position::AboveQuote,
       kHtmlHead + "a<blockquote>b</blockquote>\n",
       kHtmlHead + "a<blockquote>b</blockquote>\n{H}\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.message);
    auto notice = legalNotice();
    notice.position = row.position;
    CHECK(edited(message, insert(message, notice)) == filled(row.want));
  }
}

TEST_CASE("flowed text stays flowed, and ours a paragraph of its own") {
  struct Row {
    std::string label;
    std::string parameters;
    std::string notice;
    std::string before;
    std::string after;
  };

  const std::string ten = "0123456789";
  std::string longLine;
  for (int i = 0; i < 12; ++i) longLine += ten + " ";
  const std::string first = replaceAll(std::string(7, 'x'), "x", ten + " ");
  const std::string rest = replaceAll(std::string(5, 'x'), "x", ten + " ");
  const auto cut = [](std::string text) {
    text.pop_back();
    return text;
  };
  const Row rows[] = {
      {"a closed paragraph", "", "a\nb", "hello\n", "hello\n\na\nb\n"},
      {"an open paragraph is ended first",
       "",
       "a",
       "hello \n",
       "hello \n\n\na\n"},
      {"a signature mark is no open paragraph",
       "",
       "a",
       "hello\n-- \n",
       "hello\n-- \n\na\n"},
      {"long lines get soft breaks, the last one none",
       "",
       longLine,
       "hello\n",
       "hello\n\n" + first + "\n" + cut(rest) + "\n"},
      {"DelSp eats one blank more",
       "; delsp=yes",
       longLine,
       "hello\n",
       "hello\n\n" + first + " \n" + cut(rest) + "\n"},
      {"lines are space-stuffed",
       "",
       " a\n> b\nFrom c\nd",
       "hello\n",
       "hello\n\n  a\n > b\n From c\nd\n"},
      {"our trailing blanks do not flow",
       "",
       "a  \nb",
       "hello\n",
       "hello\n\na\nb\n"},
      {"our signature mark stays",
       "",
       "-- \nb",
       "hello\n",
       "hello\n\n-- \nb\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string head =
        "Content-Type: text/plain; format=flowed" + row.parameters + "\n\n";
    const auto message = read(head + row.before);
    const Notice notice{.id = "legal", .plain = row.notice};
    CHECK(edited(message, insert(message, notice)) == head + row.after);
  }
}

TEST_CASE("fixed text is broken at 78 characters") {
  std::string words;
  for (int i = 0; i < 30; ++i) words += "w\xc3\xb6rd" + std::to_string(i) + " ";
  const auto message = read(
      "Content-Type: text/plain; charset=utf-8\n"
      "Content-Transfer-Encoding: 8bit\n\n\xc3\xa4\n");
  const auto result = insert(message, {.id = "legal", .plain = words});
  for (const auto line : split(result.edit.body->view(), '\n')) {
    CAPTURE(std::string(line));
    CHECK(line.size() <= 2 * 78);
    CHECK_FALSE(line.ends_with(" \r"));
  }
}

TEST_CASE("a notice is not repeated, as its policy says") {
  using Repeat = Notice::Repeat;

  struct Row {
    std::string label;
    std::string message;
    bool again;        // Once per message inserts (again),
    bool againThread;  // once per thread does.
  };

  const std::string mark = "<div data-mailreeve-notice=\"legal\">short</div>";
  const Row rows[] = {
      {"no notice yet", "Subject: x\n\nhello\n", true, true},
      {"the text has it",
       "Subject: x\n\nhello\n\n" + kText + "\n",
       false,
       false},
      {"the text has it, wrapped otherwise",
       "Subject: x\n\nhello\n\nExample Ltd. is\nregistered  in Berlin.\n",
       false,
       false},
      {"only the quoted text has it",
       "Subject: x\n\nnew\n\nBob wrote:\n> hello\n>\n> " + kText + "\n",
       true,
       false},
      {"quoted twice and wrapped",
       "Subject: x\n\nnew\n\nBob wrote:\n> > Example Ltd. is\n"
       "> > registered in Berlin.\n",
       true,
       false},
      {"it stands below Outlook's separator",
       "Subject: x\n\nnew\n-----Original Message-----\nFrom: b\n\n" + kText +
           "\n",
       true,
       false},
      {"the HTML has our block",
       kHtmlHead + "hello" + mark + "\n",
       false,
       false},
      {"the HTML has another notice's block",
       kHtmlHead + "hello" + replaceAll(mark, "legal", "other") + "\n",
       true,
       true},
      {"our block is in a comment",
       kHtmlHead + "<!--" + mark + "-->hello\n",
       true,
       true},
      {"only the quoted HTML has our block",
       kHtmlHead + "new<blockquote type=cite>" + mark + "</blockquote>\n",
       true,
       false},
      {"the mark was lost on the way, the text was not",
       kHtmlHead + "hello <p>Example&nbsp;Ltd. is <b>registered</b> in "
                   "Berlin.</p>\n",
       false,
       false},
      {"the text was quoted by Gmail",
       kHtmlHead + "new<div class=gmail_quote><p>" + kText + "</p></div>\n",
       true,
       false},
      {"a reply alone is no reason to skip",
       "In-Reply-To: <a@b>\nReferences: <a@b>\n\nhello\n",
       true,
       true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.message);
    auto notice = legalNotice();
    const auto inserted = [&](Repeat repeat) {
      notice.repeat = repeat;
      const auto result = insert(message, notice);
      CHECK(result.edit.empty() ==
            (describe(result.outcome) == "already there"));
      return result.outcome == NoticeResult::Outcome::Inserted;
    };
    CHECK(inserted(Repeat::OncePerMessage) == row.again);
    CHECK(inserted(Repeat::OncePerThread) == row.againThread);
    CHECK(inserted(Repeat::Always));
  }
}

TEST_CASE("a message that comes by twice gets one notice") {
  const std::string reply =
      "Subject: x\n\nnew\n-----Original Message-----\nFrom: b\n\nold\n";
  for (const auto repeat :
       {Notice::Repeat::OncePerMessage, Notice::Repeat::Always}) {
    auto notice = legalNotice();
    notice.repeat = repeat;
    const auto first = read(reply);
    const auto second = apply(first, insert(first, notice).edit);
    CHECK(second->header(kNoticeField)->text() == "legal");
    CHECK(describe(insert(*second, notice).outcome) == "already there");

    notice.id = "other";
    notice.plain = notice.html = "Another text, long enough to be recognised";
    CHECK(describe(insert(*second, notice).outcome) == "inserted");
  }
}

TEST_CASE("a forged mark does not keep the notice away") {
  const auto message = read("X-Mailreeve-Notice: legal\n\nhello\n");
  CHECK(describe(insert(message, legalNotice()).outcome) == "inserted");
}

TEST_CASE("a notice is known again when its variables differ") {
  Notice notice{
      .id = "legal",
      .plain = "Sent by {sender} of Example Ltd. on {date}, Berlin.",
      .values = {{"sender", "alice@b.example"}, {"date", "2026-11-22"}}};
  const auto message = read("Subject: x\n\nhello\n");
  const auto after = apply(message, insert(message, notice).edit);
  notice.values["date"] = "2026-11-23";
  CHECK(describe(insert(*after, notice).outcome) == "already there");
}

TEST_CASE("each form of a notice is made from the other if need be") {
  struct Row {
    std::string label;
    std::string html;
    std::string plain;
    std::string wantPlain;
    std::string wantHtml;
  };

  const Row rows[] = {
      {"text from HTML",
       "<h1>A &amp; B</h1><p>see <a href=\"https://b.example/\">us</a></p>"
       "<ul><li>one<li>two</ul>",
       "",
       "A & B\n\nsee us (https://b.example/)\n\n* one\n* two",
       ""},
      {"a link that shows itself",
       "<a href=\"https://b.example/\">b.example</a>",
       "",
       "b.example",
       ""},
      {"HTML from text",
       "",
       "a < b & \"c\"\n  d",
       "",
       "<p>a &lt; b &amp; &quot;c&quot;<br>\n &nbsp;d</p>"},
      {"of a whole document only the body",
       "<html><head><title>t</title></head><body bgcolor=red>a</body></html>",
       "a",
       "a",
       "a"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const Notice notice{.id = "legal", .html = row.html, .plain = row.plain};
    const auto plain = read("Subject: x\n\nhello\n");
    const auto html = read(kHtmlHead + "hello\n");
    if (!row.wantPlain.empty())
      CHECK(edited(plain, insert(plain, notice)) ==
            "Subject: x\n\nhello\n\n" + row.wantPlain + "\n");
    if (!row.wantHtml.empty())
      CHECK(edited(html, insert(html, notice)) ==
            kHtmlHead + "hello\n<div data-mailreeve-notice=\"legal\">" +
                row.wantHtml + "</div>\n");
  }
}

TEST_CASE("a variable never brings markup or lines with it") {
  const Variables values = {
      {"sender", "<b>\"O'Brien\"</b> & co\r\nX: y"},
      {"name", "{sender}"},
      {"broken", "a\xff"},
      {"long", std::string(5000, 'x')},
  };
  CHECK(expandVariables("{sender}", values, TextKind::Html) ==
        "&lt;b&gt;&quot;O&#39;Brien&quot;&lt;/b&gt; &amp; co??X: y");
  CHECK(expandVariables("{sender}", values, TextKind::Plain) ==
        "<b>\"O'Brien\"</b> & co??X: y");
  CHECK(expandVariables("{name}", values, TextKind::Plain) == "{sender}");
  CHECK(expandVariables("{broken}", values, TextKind::Plain) == "a?");
  CHECK(expandVariables("{long}", values, TextKind::Plain).size() == 1000);
  CHECK(expandVariables("{who} { {} {sender", values, TextKind::Plain) ==
        "{who} { {} {sender");
  CHECK(variableNames("{sender} {a b} {date}{x") ==
        std::vector<std::string>{"sender", "date"});
}

TEST_CASE("an unusable notice is refused before it is used") {
  struct Row {
    std::string label;
    Notice notice;
    std::string what;
  };

  const Row rows[] = {
      {"no id", {.plain = "a"}, "notice: the id is not usable as a mark"},
      {"an id that breaks out of its attribute",
       {.id = "a\"b", .plain = "a"},
       "notice: the id is not usable as a mark"},
      {"no text", {.id = "a", .plain = " \n"}, "notice: it has no text"},
      {"not UTF-8",
       {.id = "a", .plain = "\xff"},
       "notice: the plain text is not UTF-8"},
      {"a control character",
       {.id = "a", .html = "a\x01"},
       "notice: the HTML text has control characters"},
      {"too long",
       {.id = "a", .html = std::string(70000, 'a')},
       "notice: the HTML text is longer than 64 KiB"},
  };
  const auto message = read("Subject: x\n\nhello\n");
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto result = insertNotice(message, row.notice);
    REQUIRE_FALSE(result);
    CHECK(result.error().what == row.what);
  }
}

}  // namespace mailreeve::mail
