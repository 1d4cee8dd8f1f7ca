#include "core/content/message_text.h"

#include <string>

#include <doctest/doctest.h>

#include "core/mail/transfer_encoding.h"
#include "tests/unit/content/cms.h"

namespace mailreeve::content {

namespace {

std::string mixed(const std::string& parts) {
  return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts +
         "--b--\r\n";
}

std::string text(const std::string& words) {
  return "--b\r\n\r\n" + words + "\r\n";
}

std::string smime(const std::string& cms) {
  return "--b\r\nContent-Type: application/pkcs7-mime\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         mail::encodeBase64(cms) + "\r\n";
}

}  // namespace

TEST_CASE("what was not read of a text is told") {
  struct Row {
    std::string label;
    std::string message;
    std::string text;
    std::string unread;
  };

  std::string many;
  for (int i = 0; i < 2100; ++i) many += "--b\r\n\r\n\r\n";
  const std::string cut = "only the first 8 of text were read";
  const std::string hidden = "signed mail that cannot be read";
  const Row rows[] = {
      {"all of it", mixed(text("1234567")), "1234567\n", ""},
      {"to the last byte", mixed(text("12345678")), "12345678\n", ""},
      {"one byte more", mixed(text("123456789")), "12345678\n", cut},
      {"another part behind",
       mixed(text("12345678") + text("9")),
       "12345678\n\n",
       cut},
      {"an empty one", mixed(text("1234567") + text("")), "1234567\n\n", ""},
      {"what is signed comes last",
       mixed(smime(signedMail("\r\n5678")) + text("123")),
       "123\n5678\n",
       ""},
      {"and may be too much",
       mixed(smime(signedMail("\r\n56789")) + text("123")),
       "123\n5678\n",
       cut},
      {"signed, and damaged",
       mixed(smime(signedMail("\r\n5678").substr(0, 30)) + text("123")),
       "123\n",
       hidden},
      {"characters without width count",
       mixed("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
             "1\xe2\x80\x8b"
             "2\xe2\x80\x8b"
             "3\r\n"),
       "12\n",
       cut},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = mail::messageFromBytes(row.message, {});
    REQUIRE(message);
    const auto got = textOf(*message, 8);
    CHECK(got.text == row.text);
    CHECK(got.unread == row.unread);
  }
  const auto message = mail::messageFromBytes(mixed(many + text("words")), {});
  REQUIRE(message);
  CHECK(textOf(*message).unread == mail::describe(mail::Defect::TooManyParts));
}

}  // namespace mailreeve::content
