#include "core/mail/charset.h"

#include <doctest/doctest.h>

#include "core/mail/unicode.h"

namespace mailreeve::mail {

TEST_CASE("a byte order mark names a charset") {
  CHECK(charsetOfMark("\xff\xfe<")->name == "utf-16");
  CHECK(charsetOfMark("\xfe\xff")->name == "utf-16");
  CHECK(charsetOfMark("\xef\xbb\xbfx")->name == "utf-8");
  CHECK(charsetOfMark("\xef\xbb") == nullptr);
  CHECK(charsetOfMark("x\xff\xfe") == nullptr);
  CHECK(charsetOfMark("") == nullptr);
}

TEST_CASE("UTF-8 is checked strictly") {
  for (const std::string text : {"",
                                 "abc",
                                 "\xc3\xa4",
                                 "\xe2\x82\xac",
                                 "\xf0\x9f\x98\x80",
                                 "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(isValidUtf8(text));
  }
  for (const std::string text : {"\x80",
                                 "\xc3",
                                 "\xc0\xaf",
                                 "\xe0\x80\xaf",
                                 "\xed\xa0\x80",
                                 "\xf4\x90\x80\x80",
                                 "\xf8\x88\x80\x80\x80",
                                 "a\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(isValidUtf8(text));
  }
}

TEST_CASE("a byte that is not UTF-8 spoils no other") {
  CHECK(asUtf8("") == "");
  CHECK(asUtf8("\xe9") == "é");
  CHECK(asUtf8("тайна \xe9") == "тайна é");
  CHECK(asUtf8("\xc3\xc3\xa9\xc3") == "ÃéÃ");
}

TEST_CASE("charsets are known by the names mail uses") {
  struct Row {
    std::string label;
    std::string name;
    std::string want;  // Empty: not known.
  };

  const Row rows[] = {
      {"no name is us-ascii", "", "us-ascii"},
      {"any case", "ISO-8859-15", "iso-8859-15"},
      {"an alias", "Latin1", "iso-8859-1"},
      {"Korean as old clients call it", "ks_c_5601-1987", "euc-kr"},
      {"a converter's option is no charset", "utf-8//IGNORE", ""},
      {"a path is no charset", "../../x", ""},
      {"nonsense", "unknown-8bit", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const Charset* found = findCharset(row.name);
    REQUIRE((found != nullptr) == !row.want.empty());
    if (found != nullptr) CHECK(found->name == row.want);
  }
}

TEST_CASE("text goes to a charset and back, or is refused") {
  struct Row {
    std::string label;
    std::string charset;
    std::string bytes;
    std::string text;
  };

  const Row rows[] = {
      {"Latin 1", "iso-8859-1", "\xe4", "\xc3\xa4"},
      {"Windows", "windows-1252", "\x80", "\xe2\x82\xac"},
      {"Shift JIS", "shift_jis", "\x82\xa0", "\xe3\x81\x82"},
      {"ISO-2022-JP returns to ASCII",
       "iso-2022-jp",
       "\x1b$B$\"\x1b(B",
       "\xe3\x81\x82"},
      {"UTF-16", "utf-16le", std::string("a\0", 2), "a"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const Charset* charset = findCharset(row.charset);
    REQUIRE(charset != nullptr);
    CHECK(*toUtf8(row.bytes, *charset) == row.text);
    CHECK(*fromUtf8(row.text, *charset) == row.bytes);
  }
  CHECK_FALSE(fromUtf8("\xe2\x82\xac", *findCharset("iso-8859-1")));
  CHECK_FALSE(fromUtf8("\xc3\xa4", *findCharset("us-ascii")));
  CHECK_FALSE(fromUtf8("\xff", *findCharset("utf-8")));
  CHECK_FALSE(toUtf8("\xff", *findCharset("utf-8")));
  CHECK_FALSE(toUtf8("\x80", *findCharset("us-ascii")));
  CHECK_FALSE(toUtf8("\x82", *findCharset("shift_jis")));
}

TEST_CASE("a long text is converted whole") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "\xc3\xa4";
  const auto latin = fromUtf8(text, *findCharset("iso-8859-1"));
  REQUIRE(latin);
  CHECK(*latin == std::string(20000, '\xe4'));
  CHECK(*toUtf8(*latin, *findCharset("iso-8859-1")) == text);
}

}  // namespace mailreeve::mail
