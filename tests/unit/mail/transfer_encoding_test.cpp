#include "core/mail/transfer_encoding.h"

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/mail/charset.h"

namespace mailreeve::mail {

TEST_CASE("quoted-printable is written as RFC 2045 wants it") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"plain text", "hello", "hello"},
      {"the equals sign", "a=b", "a=3Db"},
      {"a blank within a line", "a b", "a b"},
      {"a blank at the end of a line", "a \nb\t", "a=20\r\nb=09"},
      {"both line ends become CRLF", "a\nb\r\nc", "a\r\nb\r\nc"},
      {"a CR alone", "a\rb", "a=0Db"},
      {"76 characters fit", std::string(76, 'x'), std::string(76, 'x')},
      {"77 do not", std::string(77, 'x'), std::string(75, 'x') + "=\r\nxx"},
      {"a character of UTF-8 is not split",
       std::string(70, 'x') + "\xe2\x82\xac"
                              "z",
       std::string(70, 'x') + "=\r\n=E2=82=ACz"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(encodeQuotedPrintable(row.text) == row.want);
  }
}

TEST_CASE("base64 is written in lines of 76 characters") {
  CHECK(encodeBase64("").empty());
  CHECK(encodeBase64("a") == "YQ==");
  CHECK(encodeBase64("ab") == "YWI=");
  CHECK(encodeBase64("\xff\xfe\xfd") == "//79");
  const auto lines = encodeBase64(std::string(58, 'x'));
  CHECK(lines.find("\r\n") == 76);
  CHECK(encodeBase64(std::string(57, 'x')).size() == 76);
}

// Every length of text, every place, several irregularities of line ends.
TEST_CASE("an insertion decodes to what it says, wherever it is") {
  const std::string additions[] = {
      "",
      "x",
      "\xe2\x82\xac",
      "\r\n\r\nlong " + std::string(200, '=') + "\r\n"};
  const std::string unit = "a=\xc3\xa4 b\r\n";
  for (std::size_t length = 0; length < 130; length += 7) {
    std::string text;
    while (text.size() < length) text += unit;
    text.resize(length);
    for (const auto& addition : additions) {
      for (std::size_t at = 0; at <= length; ++at) {
        CAPTURE(length);
        CAPTURE(at);
        std::string want = text;
        want.insert(at, addition);

        std::string quoted = encodeQuotedPrintable(text);
        const auto q = insertQuotedPrintable(quoted, at, addition);
        REQUIRE(q);
        quoted.replace(q->begin, q->end - q->begin, q->with);
        // Between CR and LF there is no place in quoted-printable.
        const bool inLineEnd =
            at > 0 && at < length && text[at - 1] == '\r' && text[at] == '\n';
        if (!inLineEnd && !text.ends_with('\r'))
          CHECK(decodeTransfer(quoted, Encoding::QuotedPrintable) == want);

        std::string coded = encodeBase64(text) + "\r\n";
        const auto b = insertBase64(coded, text, at, addition);
        REQUIRE(b);
        coded.replace(b->begin, b->end - b->begin, b->with);
        CHECK(decodeTransfer(coded, Encoding::Base64) == want);
        CHECK(coded.ends_with("\r\n"));
      }
    }
  }
}

TEST_CASE("what is too irregular to be added to says so") {
  CHECK_FALSE(insertQuotedPrintable("a=zz", 3, "x"));
  CHECK_FALSE(insertQuotedPrintable("a", 2, "x"));
  CHECK_FALSE(insertBase64("YW Jj", "abc", 3, "x"));
  CHECK_FALSE(insertBase64("YWJ\r\nj", "abc", 3, "x"));
  CHECK_FALSE(insertBase64("YWJj", "abc", 4, "x"));
}

TEST_CASE("encodings are known by their names") {
  CHECK(encodingOf("") == Encoding::SevenBit);
  CHECK(encodingOf(" BASE64 ") == Encoding::Base64);
  CHECK(encodingOf("Quoted-Printable") == Encoding::QuotedPrintable);
  CHECK(encodingOf("x-uuencode") == Encoding::Uuencode);
  CHECK(encodingOf("gzip") == Encoding::Unknown);
}

}  // namespace mailreeve::mail
