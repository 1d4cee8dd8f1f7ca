#include "core/mail/attach_original.h"

#include <doctest/doctest.h>

namespace mailreeve::mail {

namespace {

Message messageOf(const std::string& raw) {
  auto message = messageFromBytes(raw, {});
  REQUIRE(message);
  return *std::move(message);
}

std::string attached(const Message& message, OriginalAs as) {
  const auto edit = attachOriginal(message, message, "Look out.\n", as);
  REQUIRE(edit);
  const auto result = apply(message, *edit);
  REQUIRE(result);
  return std::string(result->bytes());
}

const std::string kHtmlMail =
    "Received: from far.example\r\n"
    "DKIM-Signature: v=1; d=far.example\r\n"
    "From: a@far.example\r\n"
    "Subject: Buy\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "List-Unsubscribe: <https://far.example/>\r\n"
    "Disposition-Notification-To: a@far.example\r\n"
    "\r\n"
    "<img src=\"https://far.example/bug\"> Caf\xc3\xa9\r\n";

}  // namespace

TEST_CASE("the original is attached byte for byte") {
  const auto message = messageOf(kHtmlMail);
  const auto out = attached(message, OriginalAs::Message);
  CHECK(out.find(kHtmlMail) != std::string::npos);
  CHECK(out.find("\r\nContent-Type: message/rfc822\r\n") != std::string::npos);
  CHECK(out.find("Content-Transfer-Encoding: 8bit\r\n\r\nReceived: ") !=
        std::string::npos);
  CHECK(out.find("Look out.") < out.find("message/rfc822"));
}

TEST_CASE("as text it is no message and no page") {
  const auto out = attached(messageOf(kHtmlMail), OriginalAs::Text);
  CHECK(out.find("message/rfc822") == std::string::npos);
  CHECK(out.find("filename=\"original.txt\"") != std::string::npos);
  CHECK(out.find(kHtmlMail) != std::string::npos);
}

TEST_CASE("the outer header says nothing that holds for the original only") {
  const auto out = attached(messageOf(kHtmlMail), OriginalAs::Message);
  const auto header = out.substr(0, out.find("\r\n\r\n"));
  for (const std::string gone :
       {"DKIM-Signature", "text/html", "List-", "Disposition-Notification"})
    CHECK_MESSAGE(header.find(gone) == std::string::npos, gone);
  for (const std::string kept : {"Received: from far.example",
                                 "From: a@far.example",
                                 "Subject: Buy",
                                 "MIME-Version: 1.0",
                                 "multipart/mixed"})
    CHECK_MESSAGE(header.find(kept) != std::string::npos, kept);
}

TEST_CASE("messages of every shape can be attached") {
  const std::string rows[] = {
      "Subject: no body\r\n\r\n",
      "Subject: no line end\r\n\r\nx",
      "Subject: broken\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\nx\r\n",
      "Subject: ours again\r\n\r\n--=_mailreeve_50--\r\n",
      "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx\r\n",
  };
  for (const auto& row : rows) {
    CAPTURE(row);
    const auto out = attached(messageOf(row), OriginalAs::Message);
    CHECK(out.find("\r\n\r\n" + row) != std::string::npos);
  }
}

}  // namespace mailreeve::mail
