#include "core/auth/dkim/transport_form.h"

#include <doctest/doctest.h>

#include "core/auth/dkim/transport_safety.h"
#include "core/mail/splice.h"

namespace mailreeve::dkim {

namespace {

mail::Message messageOf(const std::string& bytes) {
  auto message = mail::messageFromBytes(bytes, {});
  REQUIRE(message);
  return *std::move(message);
}

// As it leaves.
std::string formed(const std::string& bytes) {
  const auto message = messageOf(bytes);
  const auto form = transportForm(message);
  REQUIRE(form);
  const auto after = mail::apply(message, form->edit);
  REQUIRE(after);
  return std::string(after->bytes());
}

const std::string kLong = std::string(990, 'x') + " " + std::string(60, 'y');

}  // namespace

TEST_CASE("what is safe already leaves as it came") {
  const auto form =
      transportForm(messageOf("Subject: Hello\r\n\r\nNothing but ASCII.\r\n"));
  REQUIRE(form);
  CHECK(form->edit.empty());
  CHECK(form->saw.empty());
}

TEST_CASE("an 8-bit text is encoded, and says so in its header") {
  CHECK(formed("MIME-Version: 1.0\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: 8bit\r\n"
               "\r\n"
               "Viele schöne Grüße aus München an euch alle\r\n") ==
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Viele sch=C3=B6ne Gr=C3=BC=C3=9Fe aus M=C3=BCnchen an euch alle\r\n");
}

TEST_CASE("a text without MIME fields gets those that the encoding needs") {
  CHECK(formed("Subject: x\r\n\r\nna\xefve text, mostly readable\r\n") ==
        "Subject: x\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "MIME-Version: 1.0\r\n"
        "\r\n"
        "na=EFve text, mostly readable\r\n");
}

TEST_CASE("only the parts that need it are encoded") {
  const std::string head =
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n";
  const std::string plain =
      "\r\n--b\r\nContent-Type: text/plain\r\n\r\nASCII  \r\n";
  const auto got =
      formed(head + "Content-Transfer-Encoding: 8bit\r\n" + plain +
             "--b\r\nContent-Type: text/html; charset=utf-8\r\n"
             "Content-Transfer-Encoding: 8bit\r\n\r\n<p>Grüße von uns</p>\r\n"
             "--b--\r\n");
  CHECK(got == head + "Content-Transfer-Encoding: 7bit\r\n" + plain +
                   "--b\r\nContent-Type: text/html; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                   "<p>Gr=C3=BC=C3=9Fe von uns</p>\r\n"
                   "--b--\r\n");
}

TEST_CASE("a signed part is left alone, and that is said") {
  const std::string bytes =
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/signed; boundary=b\r\n"
      "\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n"
      "--b\r\nContent-Type: application/pgp-signature\r\n\r\nxx\r\n--b--\r\n";
  const auto form = transportForm(messageOf(bytes));
  REQUIRE(form);
  CHECK(form->edit.empty());
  REQUIRE(form->saw.size() == 1);
  CHECK(form->saw[0] == "some of its bytes may change on the way");
}

TEST_CASE("an attached message stays as it came, the text beside it does not") {
  const std::string head =
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n"
      "Content-Transfer-Encoding: 8bit\r\n"
      "\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: ";
  const std::string attached =
      "--b\r\nContent-Type: message/rfc822\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n"
      "DKIM-Signature: v=1; d=far.example; b=xx\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n--b--\r\n";
  const auto message =
      messageOf(head + "8bit\r\n\r\nSeht euch das Ü an\r\n" + attached);
  const auto form = transportForm(message);
  REQUIRE(form);
  const auto after = mail::apply(message, form->edit);
  REQUIRE(after);
  CHECK(after->bytes() ==
        head + "quoted-printable\r\n\r\nSeht euch das =C3=9C an\r\n" +
            attached);
  REQUIRE_FALSE(form->saw.empty());
  CHECK(form->saw[0] == "some of its bytes may change on the way");
}

TEST_CASE("long lines of any kind become short ones") {
  CHECK(isTransportSafe(
      formed("Subject: x\r\n\r\n" + std::string(2000, 'a') + "\r\n")));
  std::string references = "References:";
  for (int i = 0; i < 100; ++i)
    references += " <message-" + std::to_string(i) + "@mail.example.com>";
  const auto got = formed(references + "\r\nSubject: x\r\n\r\nHello\r\n");
  CHECK(mail::longestLine(got) <= 78);
  const auto message = messageOf(got);
  CHECK("References: " + message.header("References")->text() == references);
}

TEST_CASE("a field is folded at its blanks and nowhere else") {
  struct Row {
    std::string label;
    std::string value;
    std::string want;
  };

  const Row rows[] = {
      {"short", " one two", " one two"},
      {"folded before, joined anew", " one\n two", " one two"},
      {"a word too long stays one",
       " " + kLong,
       " " + std::string(990, 'x') + "\n " + std::string(60, 'y')},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    CHECK(foldLong("References", row.value) == row.want);
  }
}

}  // namespace mailreeve::dkim
