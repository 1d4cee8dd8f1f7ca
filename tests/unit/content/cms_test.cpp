#include "core/content/cms.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/unit/content/cms.h"

namespace mailreeve::content {

TEST_CASE("what is only signed is read, and what is encrypted is told") {
  struct Row {
    std::string label;
    std::string bytes;
    std::string want;  // The content, or "[kind]".
  };

  const std::string mail = "Content-Type: text/plain\r\n\r\nWords.\r\n";
  const std::string large(70000, 'x');
  const std::string pieces = element(0x04, "Wo") + element(0x04, "rds");
  const auto opaque = [](const std::string& octets) {
    return cmsOf(2, signedData(pkcs7Oid(1) + element(0xa0, octets)));
  };
  std::string deep = element(0x04, "x");
  for (int i = 0; i < 40; ++i) deep = openElement(0x24, deep);
  const Row rows[] = {
      {"nothing", "", "[none]"},
      {"words", "0 words", "[none]"},
      {"another structure", element(0x30, element(0x06, "\x55\4\3")), "[none]"},
      {"signed", signedMail(mail), mail},
      {"with a long length", signedMail(large), large},
      {"in pieces", opaque(element(0x24, pieces)), "Words"},
      {"in pieces without their lengths",
       openElement(
           0x30,
           pkcs7Oid(2) +
               openElement(
                   0xa0,
                   openElement(
                       0x30,
                       element(0x02, "\1") + openElement(0x31, "") +
                           openElement(
                               0x30,
                               pkcs7Oid(1) +
                                   openElement(0xa0,
                                               openElement(0x24, pieces)))))),
       "Words"},
      {"in pieces of pieces",
       opaque(element(0x24, openElement(0x24, pieces) + pieces)),
       "WordsWords"},
      {"in too many of them", opaque(deep), "[closed]"},
      {"not even signed", cmsOf(1, element(0x04, mail)), mail},
      {"a signature of its own", cmsOf(2, signedData(pkcs7Oid(1))), ""},
      {"signed, and something else than mail",
       cmsOf(2, signedData(pkcs7Oid(3) + element(0xa0, element(0x04, mail)))),
       "[closed]"},
      {"encrypted", cmsOf(3, element(0x30, "x")), "[encrypted]"},
      {"encrypted, and told to be genuine",
       element(0x30,
               element(0x06, "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x17") +
                   element(0xa0, "x")),
       "[encrypted]"},
      {"compressed",
       element(0x30,
               element(0x06, "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x09") +
                   element(0xa0, "x")),
       "[closed]"},
      {"cut short", signedMail(mail).substr(0, 60), "[closed]"},
      {"without its end",
       openElement(0x30, pkcs7Oid(2)).substr(0, 14),
       "[closed]"},
      {"text where octets belong", opaque(element(0x0c, mail)), "[closed]"},
      {"an integer where a set belongs",
       cmsOf(2, element(0x30, element(0x02, "\1") + element(0x02, "\1"))),
       "[closed]"},
      {"an OID without numbers", element(0x30, element(0x06, "")), "[none]"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto cms = readCms(row.bytes);
    CHECK(isCms(row.bytes) == (cms.kind != Cms::Kind::None));
    std::string got = cms.content;
    if (cms.kind == Cms::Kind::None) got = "[none]";
    if (cms.kind == Cms::Kind::Encrypted) got = "[encrypted]";
    if (cms.kind == Cms::Kind::Closed) got = "[closed]";
    CHECK(got == row.want);
  }
}

}  // namespace mailreeve::content
