// How the notice is written into a leaf: charset, transfer encoding, lines.
#include "core/mail/charset.h"
#include "core/mail/splice.h"
#include "tests/unit/mail/notice_fixture.h"

namespace mailreeve::mail {

using namespace testing;

namespace {

const std::string kUmlaut =
    "gepr\xc3\xbc"
    "ft";  // Fits Latin 1.
const std::string kEuro =
    "\xe2\x82\xac"
    " 25000";  // Does not.

Notice noticeOf(const std::string& plain) {
  return {.id = "legal", .plain = plain};
}

std::string rootText(const Message& message) {
  const auto& root = message.tree().root();
  const auto text =
      toUtf8(decode(root, message.bytes()), *findCharset(root.charset));
  REQUIRE(text);
  return replaceAll(*text, "\r\n", "\n");
}

}  // namespace

TEST_CASE("a plain leaf keeps what it can of charset and encoding") {
  struct Row {
    std::string label;
    std::string notice;
    std::string message;
    std::string want;
  };

  const std::string type = "Content-Type: text/plain; charset=";
  const std::string cte = "Content-Transfer-Encoding: ";
  const Row rows[] = {
      {"ASCII into 7bit",
       "ok",
       type + "utf-8\n\nhello\n",
       type + "utf-8\n\nhello\n\nok\n"},
      {"no charset, ASCII: no field is added",
       "ok",
       "Subject: x\n\nhello\n",
       "Subject: x\n\nhello\n\nok\n"},
      {"no charset, not ASCII: UTF-8, and MIME fields are added",
       kUmlaut,
       "Subject: x\n\nhello\n",
       "Subject: x\nContent-Transfer-Encoding: quoted-printable\n"
       "Content-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\n\n"
       "hello\n\ngepr=C3=BCft\n"},
      {"us-ascii, not ASCII: UTF-8",
       kUmlaut,
       "MIME-Version: 1.0\n" + type + "us-ascii; format=fixed\n" + cte +
           "7bit\n\nhello\n",
       "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8; "
       "format=fixed\n" +
           cte + "quoted-printable\n\nhello\n\ngepr=C3=BCft\n"},
      {"8bit Latin 1 keeps its charset",
       kUmlaut,
       type + "iso-8859-1\n" + cte + "8bit\n\n\xe4\n",
       type + "iso-8859-1\n" + cte +
           "8bit\n\n\xe4\n\ngepr\xfc"
           "ft\n"},
      {"8bit that is ASCII so far becomes quoted-printable",
       kUmlaut,
       "MIME-Version: 1.0\n" + type + "iso-8859-1\n" + cte + "8bit\n\na = b\n",
       "MIME-Version: 1.0\n" + type + "iso-8859-1\n" + cte +
           "quoted-printable\n\na =3D b\n\ngepr=FCft\n"},
      {"Latin 1 that cannot hold it becomes UTF-8",
       kEuro,
       "MIME-Version: 1.0\n" + type + "iso-8859-1\n" + cte +
           "quoted-printable\n\n=E4\n",
       "MIME-Version: 1.0\n" + type + "utf-8\n" + cte +
           "quoted-printable\n\n=C3=A4\n\n=E2=82=AC 25000\n"},
      {"quoted-printable keeps every byte it had",
       kUmlaut,
       type + "utf-8\n" + cte + "quoted-printable\n\nh=65llo =\nyou\n",
       type + "utf-8\n" + cte +
           "quoted-printable\n\nh=65llo =\nyou\n\ngepr=C3=BCft\n"},
      {"base64 changes its last line only",
       "ok",
       type + "utf-8\n" + cte + "base64\n\nMDEyMzQ1Njc4OTAx\naGVsbG8K\n",
       type + "utf-8\n" + cte +
           "base64\n\nMDEyMzQ1Njc4OTAx\naGVsbG8KCm9rCg==\n"},
      {"base64 with Latin 1",
       kUmlaut,
       type + "iso-8859-1\n" + cte + "base64\n\n5A0K\n",
       type + "iso-8859-1\n" + cte + "base64\n\n5A0KDQpnZXBy/GZ0DQo=\n"},
      {"base64 without a last line end",
       "ok",
       type + "utf-8\n" + cte + "base64\n\naGVsbG8=",
       type + "utf-8\n" + cte + "base64\n\naGVsbG8NCg0Kb2s="},
      {"mostly not ASCII: base64",
       "\xe5\x85\x8d\xe8\xb2\xac\xe4\xba\x8b\xe9\xa0\x85",
       "MIME-Version: 1.0\n" + type + "us-ascii\n\nhi\n",
       "MIME-Version: 1.0\n" + type + "utf-8\n" + cte +
           "base64\n\naGkNCg0K5YWN6LKs5LqL6aCFDQo=\n"},
      {"ISO-2022-JP stays what it is, written anew",
       "\xe5\x85\x8d\xe8\xb2\xac",
       type + "iso-2022-jp\n" + cte + "7bit\n\n\x1b$B$\"\x1b(B\n",
       type + "iso-2022-jp\n" + cte +
           "7bit\n\n\x1b$B$\"\x1b(B\n\n\x1b$BLH@U\x1b(B\n"},
      {"ISO-2022-JP that cannot hold it becomes UTF-8",
       "\xe2\x82\xac",
       "MIME-Version: 1.0\n" + type + "iso-2022-jp\n\n\x1b$B$\"\x1b(B\n",
       "MIME-Version: 1.0\n" + type + "utf-8\n" + cte +
           "base64\n\n44GCDQoNCuKCrA0K\n"},
      {"UTF-16 becomes UTF-8",
       "ok",
       "MIME-Version: 1.0\n" + type + "utf-16\n" + cte + "base64\n\n/v8AaABp\n",
       "MIME-Version: 1.0\n" + type + "utf-8\n" + cte +
           "base64\n\naGkNCg0Kb2s=\n"},
      {"an alias of the charset is as good",
       kUmlaut,
       type + "latin1\n" + cte + "quoted-printable\n\n=E4\n",
       type + "latin1\n" + cte + "quoted-printable\n\n=E4\n\ngepr=FCft\n"},
      {"text that is not valid takes ASCII all the same",
       "ok",
       type + "utf-8\n" + cte + "8bit\n\n\xff\n",
       type + "utf-8\n" + cte + "8bit\n\n\xff\n\nok\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.message);
    const auto result = insert(message, noticeOf(row.notice));
    CHECK(result.reason == "");
    CHECK(edited(message, result) == row.want);
  }
}

TEST_CASE("text that cannot be read is never guessed at") {
  struct Row {
    std::string label;
    std::string message;
    std::string reason;
  };

  const Row rows[] = {
      {"8-bit bytes without a charset",
       "Subject: x\n\n\xe4\n",
       "text that is not us-ascii"},
      {"a wrong charset",
       "Content-Type: text/plain; charset=us-ascii\n\n\xc3\xa4\n",
       "text that is not us-ascii"},
      {"broken UTF-16",
       "Content-Type: text/plain; charset=utf-16be\n"
       "Content-Transfer-Encoding: base64\n\n2AA=\n",
       "text that cannot go from UTF-16BE to UTF-8"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto result = insert(read(row.message), noticeOf(kUmlaut));
    CHECK(describe(result.outcome) == "left alone");
    CHECK(result.reason == row.reason);
  }
}

TEST_CASE("a branch changes its own fields, not the message's") {
  const std::string head =
      "Content-Type: multipart/alternative; boundary=a\n\n--a\n";
  const auto message = read(head +
                            "Content-Type: text/plain\n\n1\n--a\n"
                            "Content-Type: text/html\n\n2\n--a--\n");
  const auto result = insert(message, noticeOf(kUmlaut));
  CHECK(edited(message, result) ==
        head +
            "Content-Type: text/plain; charset=utf-8\n"
            "Content-Transfer-Encoding: quoted-printable\n\n"
            "1\n\ngepr=C3=BCft\n--a\nContent-Type: text/html\n\n2\n"
            "<div data-mailreeve-notice=\"legal\"><p>gepr&#252;ft</p></div>\n"
            "--a--\n");
  CHECK(result.edit.headers.size() == 1);  // Our own mark.
}

TEST_CASE("HTML gets ASCII, whatever its charset") {
  struct Row {
    std::string label;
    std::string charset;
    std::string bytes;
  };

  const Row rows[] = {
      {"Latin 1", "iso-8859-1", "\xe4</body>"},
      {"Shift JIS", "shift_jis", "\x82\xa0\x83\x5c</body>"},
      {"GB 18030", "gb18030", "\x81\x30\x81\x30</body>"},
      {"not valid in its charset", "utf-8", "\xff</body>"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string head =
        "Content-Type: text/html; charset=" + row.charset + "\n\n";
    const auto message = read(head + row.bytes + "\n");
    const auto result = insert(message, noticeOf(kEuro));
    const std::string before = row.bytes.substr(0, row.bytes.find("</body>"));
    CHECK(edited(message, result) ==
          head + before +
              "\n<div data-mailreeve-notice=\"legal\"><p>&#8364; 25000</p>"
              "</div>\n</body>\n");
  }
}

TEST_CASE("an encoded HTML leaf is opened only where the notice goes") {
  struct Row {
    std::string label;
    std::string encoding;
    std::string before;
    std::string after;
  };

  const Row rows[] = {
      {"quoted-printable, within a line",
       "quoted-printable",
       "<p class=3D\"a\">=C3=A4=\n</p></body></html>\n",
       "<p class=3D\"a\">=C3=A4=\n</p>\n"
       "<div data-mailreeve-notice=3D\"legal\"><p>ok</p></div>\n"
       "</body></html>\n"},
      {"base64, in the middle",
       "base64",
       "PHA+MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\n"
       "PC9ib2R5Pg==\n",
       "PHA+MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\n"
       "DQo8ZGl2IGRhdGEtbWFpbHJlZXZlLW5vdGljZT0ibGVnYWwiPjxwPm9rPC9wPjwvZGl2Pg0"
       "KPC9i\n"
       "b2R5Pg==\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string head =
        "Content-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: " +
        row.encoding + "\n\n";
    const auto message = read(head + row.before);
    const auto result = insert(message, noticeOf("ok"));
    CHECK(edited(message, result) == head + row.after);
  }
}

TEST_CASE("irregular encodings are written anew, with the same content") {
  struct Row {
    std::string label;
    std::string encoding;
    std::string body;
    std::string want;
  };

  const Row rows[] = {
      {"base64 with blanks and garbage",
       "base64",
       "aG Vs\nb!G8=\n",
       "hello\n\nok"},
      {"base64 in odd lines", "base64", "aGVsb\nG8=\n", "hello\n\nok"},
      {"quoted-printable that ends in a soft break",
       "quoted-printable",
       "hello=\n",
       "hello\n\nok"},
      {"quoted-printable with a stray =",
       "quoted-printable",
       "a =zz b\n",
       "a =zz b\n\nok\n"},
      {"base64 that is empty", "base64", "", "ok\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message =
        read("Content-Transfer-Encoding: " + row.encoding + "\n\n" + row.body);
    const auto result = insert(message, noticeOf("ok"));
    CHECK(result.reason == "");
    const auto after = apply(message, result.edit);
    REQUIRE(after);
    CHECK(rootText(*after) == row.want);
  }
}

TEST_CASE("no line of ours is too long for SMTP") {
  std::string words;
  for (int i = 0; i < 400; ++i) words += "word" + std::to_string(i) + " ";
  const std::string run(3000, 'x');
  for (const auto& text :
       {words,
        run,
        "<p>" + words + "</p>",
        "<img src=\"data:image/png;base64," + run + "\" alt=\"Example\">"}) {
    for (const std::string type : {"text/plain", "text/html"}) {
      CAPTURE(text.substr(0, 20));
      CAPTURE(type);
      const auto message = read("Content-Type: " + type + "\n\nhello\n");
      Notice notice{.id = "legal"};
      (text.front() == '<' ? notice.html : notice.plain) = text;
      const auto result = insert(message, notice);
      if (result.outcome != NoticeResult::Outcome::Inserted) {
        CHECK(result.reason == "");
        continue;
      }
      CHECK(longestLine(result.edit.body->view()) <= kMaxLine);
      CHECK(insert(*apply(message, result.edit), notice).outcome ==
            NoticeResult::Outcome::AlreadyThere);
    }
  }
}

TEST_CASE("a long line that was there before stays as it is") {
  const std::string head = "Content-Type: text/html\n\n";
  const std::string line = "<p>" + std::string(2000, 'x') + "</p>";
  const auto message = read(head + line + "</body>\n");
  const auto result = insert(message, legalNotice());
  CHECK(edited(message, result) == filled(head + line + "\n{H}\n</body>\n"));
}

TEST_CASE("the message with its notice stays below the size limit") {
  const auto message = read("Subject: x\n\nhello\n");
  auto notice = legalNotice();
  const auto free = insert(message, notice);
  const std::size_t size = apply(message, free.edit)->bytes().size();
  notice.sizeLimit = size;
  CHECK(describe(insert(message, notice).outcome) == "inserted");
  notice.sizeLimit = size - 1;
  CHECK(describe(insert(message, notice).outcome) == "left alone");
  CHECK(insert(message, notice).reason == "it would be larger than the limit");
  notice.fallback = Notice::Fallback::Wrap;
  CHECK(describe(insert(message, notice).outcome) == "left alone");
}

}  // namespace mailreeve::mail
