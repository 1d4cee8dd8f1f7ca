#include "core/content/signed_mail.h"

#include <string>

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/mail/transfer_encoding.h"
#include "tests/unit/content/cms.h"

namespace mailreeve::content {

namespace {

std::string asPart(const std::string& cms,
                   const std::string& type = "application/pkcs7-mime") {
  return "Content-Type: " + type +
         "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         mail::encodeBase64(cms) + "\r\n";
}

std::string both(const std::string& one, const std::string& other) {
  return "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + one +
         "--b\r\n" + other + "--b--\r\n";
}

}  // namespace

TEST_CASE("mail that is signed in one piece is taken out of its signature") {
  struct Row {
    std::string label;
    std::string message;
    std::string want;  // The subjects.
    bool whole = true;
  };

  const auto named = [](const std::string& subject) {
    return signedMail("Subject: " + subject + "\r\n\r\nx\r\n");
  };
  std::string nested = "Subject: x\r\n\r\nx\r\n";
  for (int i = 0; i < 6; ++i)
    nested =
        "Subject: " + std::to_string(i) + "\r\n" + asPart(signedMail(nested));
  const Row rows[] = {
      {"none", "Subject: a\r\n\r\nx\r\n", ""},
      {"the message", asPart(named("a")), "a"},
      {"two parts of it", both(asPart(named("a")), asPart(named("b"))), "a b"},
      {"signed again",
       both(asPart(signedMail("Subject: a\r\n" + asPart(named("b")))),
            asPart(named("c"))),
       "a c b"},
      {"by its name",
       asPart(named("a"), "application/octet-stream; name=smime.P7M"),
       "a"},
      {"another file", asPart(named("a"), "application/octet-stream"), ""},
      {"encrypted", asPart(cmsOf(3, "x")), ""},
      {"damaged", asPart(named("a").substr(0, 30)), "", false},
      {"far too often", nested, "4 3 2 1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = mail::messageFromBytes(row.message, {});
    REQUIRE(message);
    const auto found = signedMailIn(*message);
    std::string got;
    for (const auto& inner : found.messages)
      for (const auto& header : inner.headers())
        if (header.name == "Subject")
          got += (got.empty() ? "" : " ") + std::string(trim(header.value));
    CHECK(got == row.want);
    CHECK(found.whole == row.whole);
  }
}

}  // namespace mailreeve::content
