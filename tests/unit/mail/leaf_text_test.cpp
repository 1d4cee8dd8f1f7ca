#include "core/mail/leaf_text.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve::mail {

namespace {

MimeNode leafOf(const std::string& type, const std::string& charset) {
  MimeNode leaf;
  leaf.type = type;
  leaf.charset = charset;
  return leaf;
}

std::string charsetName(const MimeNode& leaf, const std::string& bytes) {
  const auto* charset = charsetOf(leaf, bytes);
  return charset == nullptr ? "none" : std::string(charset->name);
}

}  // namespace

TEST_CASE("HTML is read in the charset of its header, its mark, its <meta>") {
  struct Row {
    std::string label;
    std::string charset;  // Of the header.
    std::string html;
    std::string want;
  };

  const std::string koi8 = "<meta charset=koi8-r>";
  const Row rows[] = {
      {"nothing says so", "", "<p>x", "us-ascii"},
      {"the header", "windows-1251", "<p>x", "windows-1251"},
      {"the header, against a <meta>", "windows-1251", koi8, "windows-1251"},
      {"a header nobody knows, against a <meta>", "x-foo", koi8, "none"},
      {"the header, against a mark and a <meta>",
       "windows-1251",
       "\xef\xbb\xbf" + koi8,
       "windows-1251"},
      {"the header, against the mark of UTF-16",
       "us-ascii",
       "\xff\xfe<p>",
       "us-ascii"},
      {"a mark, against a <meta>", "", "\xef\xbb\xbf" + koi8, "utf-8"},
      {"a mark, where nobody knows the header's",
       "x-foo",
       "\xff\xfe<\x01",
       "utf-16"},
      {"a <meta>", "", "<html><head>" + koi8, "koi8-r"},
      {"in capitals, with blanks",
       "",
       "<META CHARSET = ' KOI8-R ' />",
       "koi8-r"},
      {"as it was written before HTML 5",
       "",
       "<meta content=\"text/html; charset = koi8-r\" "
       "http-equiv=Content-Type>",
       "koi8-r"},
      {"the first that is known",
       "",
       "<meta charset=x-foo><meta charset=koi8-r><meta charset=utf-8>",
       "koi8-r"},
      {"behind a long head",
       "",
       "<style>" + std::string(100000, 'x') + "</style>" + koi8,
       "koi8-r"},
      {"a <meta> about something else",
       "",
       "<meta name=a content='charset=koi8-r'>",
       "us-ascii"},
      {"one in a comment", "", "<!--" + koi8 + "-->", "us-ascii"},
      {"UTF-16, which it would not be readable in",
       "",
       "<meta charset=utf-16>",
       "utf-8"},
      {"UTF-7, which not all obey", "", "<meta charset=utf-7>", "none"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(charsetName(leafOf("text/html", row.charset), row.html) == row.want);
    CHECK(charsetName(leafOf("application/xhtml+xml", row.charset), row.html) ==
          row.want);
  }
  CHECK_MESSAGE(charsetName(leafOf("text/plain", ""), koi8) == "us-ascii",
                "a text may hold HTML");
}

TEST_CASE("text is read in the first charset that fits") {
  struct Row {
    std::string label;
    std::string type;
    std::string charset;
    std::string bytes;
    std::string want;
  };

  const std::string meta = "<meta charset=koi8-r>";
  const std::string html = "text/html";
  const std::string plain = "text/plain";
  const Row rows[] = {
      {"the header's", plain, "koi8-r", "\xd4\xc1\xca\xce\xc1", "тайна"},
      {"the one of a <meta>",
       html,
       "",
       meta + "\xd4\xc1\xca\xce\xc1",
       meta + "тайна"},
      {"of a <meta>, where the header's does not fit",
       html,
       "us-ascii",
       meta + "\xd4\xc1\xca\xce\xc1",
       meta + "тайна"},
      {"where nobody knows the header's",
       html,
       "x-foo",
       meta + "\xd4\xc1\xca\xce\xc1",
       meta + "тайна"},
      {"of a mark, which is no text", plain, "", "\xef\xbb\xbfтайна", "тайна"},
      {"a mark, where the header's does not fit",
       plain,
       "us-ascii",
       "\xef\xbb\xbfтайна",
       "тайна"},
      {"the header's, which the mark only repeats",
       plain,
       "utf-16le",
       std::string("\xff\xfe\x42\x04\x61\0", 6),
       "тa"},
      {"of a mark of UTF-16",
       plain,
       "",
       std::string("\xff\xfe\x42\x04\x61\0", 6),
       "тa"},
      {"none: what is UTF-8 stays", plain, "", "тайна \xe9", "тайна é"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(textInUtf8(leafOf(row.type, row.charset), row.bytes) == row.want);
  }
}

TEST_CASE("words are looked for in all that programs may read") {
  struct Row {
    std::string label;
    std::string charset;
    std::string bytes;
    std::vector<std::string> want;
  };

  const std::string wide("\xff\xfe\x42\x04\x61\0", 6);
  const Row rows[] = {
      {"no mark", "koi8-r", "\xd4\xc1", {"та"}},
      {"a mark, and a header that says the same",
       "utf-8",
       "\xef\xbb\xbfт",
       {"т"}},
      {"a mark alone", "", "\xef\xbb\xbfт", {"т"}},
      {"ASCII behind the mark of UTF-16, which the header denies",
       "us-ascii",
       "\xff\xfeword",
       {"ÿþword", "潷摲"}},
      {"the same without a header", "", "\xff\xfeword", {"潷摲", "ÿþword"}},
      {"which cannot be UTF-16", "utf-8", "\xff\xfewords", {"ÿþwords"}},
      {"the mark of UTF-8 before another charset",
       "koi8-r",
       "\xef\xbb\xbf\xd0\xb0",
       {"О╩©п╟", "а"}},
      {"UTF-16 that the header denies",
       "iso-8859-1",
       wide,
       {std::string("ÿþB\x04"
                    "a\0",
                    8),
        "тa"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(textsInUtf8(leafOf("text/plain", row.charset), row.bytes) ==
          row.want);
  }
}

}  // namespace mailreeve::mail
