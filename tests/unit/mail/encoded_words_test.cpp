#include "core/mail/encoded_words.h"

#include <string>

#include <doctest/doctest.h>

#include "core/mail/header_text.h"

namespace mailreeve::mail {

TEST_CASE("encoded words are decoded as mail programs do it") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"none at all", "a = b ?= c", "a = b ?= c"},
      {"one of base64", "=?utf-8?B?aGk=?= there", "hi there"},
      {"one of quoted-printable", "x =?utf-8?q?a=20b_c?=", "x a b c"},
      {"two padded ones", "=?utf-8?B?aGk=?= =?utf-8?B?IHRvbw==?=", "hi too"},
      {"a character split between two",
       "=?utf-8?Q?=C3?=\r\n =?utf-8?Q?=A4?=",
       "\xc3\xa4"},
      {"two of different charsets",
       "=?iso-8859-1?Q?=E4?= =?utf-8?Q?=C3=A4?=",
       "\xc3\xa4\xc3\xa4"},
      {"a language", "=?utf-8*de?Q?x?=", "x"},
      {"a blank within", "=?utf-8?Q?a b?=", "a b"},
      {"words between words stay apart",
       "=?utf-8?Q?a?= b =?utf-8?Q?c?=",
       "a b c"},
      {"blanks at the end stay", "=?utf-8?Q?a?=  ", "a  "},
      {"a charset nobody knows", "=?x-foo?Q?a?=", "a"},
      {"one that does not end", "=?utf-8?Q?a", "=?utf-8?Q?a"},
      {"an encoding nobody knows", "=?utf-8?X?a?=", "=?utf-8?X?a?="},
      {"nothing but the beginning", "=?", "=?"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(decodeWords(row.text) == row.want);
  }
}

TEST_CASE("no word of a subject is lost behind padding") {
  CHECK(readableHeader(" =?utf-8?B?Y2hlYXA=?=\r\n =?utf-8?B?IHBpbGxz?=") ==
        "cheap pills");
}

}  // namespace mailreeve::mail
