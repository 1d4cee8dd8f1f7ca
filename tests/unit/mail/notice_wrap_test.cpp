// The fallback that carries a message it must not edit, untouched, beside the
// notice.
#include "tests/unit/mail/notice_fixture.h"

namespace mailreeve::mail {

using namespace testing;

namespace {

Notice wrappingNotice(Notice::Position position) {
  auto notice = legalNotice();
  notice.fallback = Notice::Fallback::Wrap;
  notice.position = position;
  return notice;
}

const std::string kSignedFields =
    "Content-Type: multipart/signed; protocol=\"application/pgp-signature\";\n"
    " boundary=\"s\"\n";
const std::string kSignedBody =
    "--s\nContent-Type: text/plain\n\nhello  \n\n--s\n"
    "Content-Type: application/pgp-signature\n\nsig\n--s--\n";

}  // namespace

TEST_CASE("a wrapped message keeps every byte of its content") {
  using Position = Notice::Position;

  struct Row {
    std::string label;
    Position position;
    std::string message;
    std::string want;  // {B} stands for the new boundary.
  };

  const std::string text =
      "Content-Type: text/plain; charset=us-ascii\n\n{N}\n";
  const std::string mixed = "Content-Type: multipart/mixed; boundary=\"{B}\"\n";
  const Row rows[] = {
      {"a signed message, the notice behind it",
       Position::Bottom,
       "Subject: x\nMIME-Version: 1.0\n" + kSignedFields + "\n" + kSignedBody,
       "Subject: x\nMIME-Version: 1.0\n" + mixed + "\n--{B}\n" + kSignedFields +
           "\n" + kSignedBody + "\n--{B}\n" + text + "\n--{B}--\n"},
      {"a signed message, the notice before it",
       Position::Top,
       "Subject: x\nMIME-Version: 1.0\n" + kSignedFields + "\n" + kSignedBody,
       "Subject: x\nMIME-Version: 1.0\n" + mixed + "\n--{B}\n" + text +
           "\n--{B}\n" + kSignedFields + "\n" + kSignedBody + "\n--{B}--\n"},
      {"all fields of the content move with it",
       Position::Bottom,
       "Content-Type: application/pkcs7-mime\nSubject: x\n"
       "Content-Transfer-Encoding: base64\nMIME-Version: 1.0\n"
       "Content-Disposition: attachment; filename=smime.p7m\n\nAAAA\n",
       mixed +
           "Subject: x\nMIME-Version: 1.0\n\n--{B}\n"
           "Content-Type: application/pkcs7-mime\n"
           "Content-Transfer-Encoding: base64\n"
           "Content-Disposition: attachment; filename=smime.p7m\n\nAAAA\n"
           "\n--{B}\n" +
           text + "\n--{B}--\n"},
      {"8-bit content is declared outside, too",
       Position::Bottom,
       "MIME-Version: 1.0\nContent-Type: text/plain; charset=x-foo\n"
       "Content-Transfer-Encoding: 8bit\n\n\xe4\n",
       "MIME-Version: 1.0\n" + mixed +
           "Content-Transfer-Encoding: 8bit\n\n--{B}\n"
           "Content-Type: text/plain; charset=x-foo\n"
           "Content-Transfer-Encoding: 8bit\n\n\xe4\n\n--{B}\n" +
           text + "\n--{B}--\n"},
      {"a message without MIME fields",
       Position::Bottom,
       "Subject: x\n\n-----BEGIN PGP MESSAGE-----\n",
       "Subject: x\n" + mixed +
           "MIME-Version: 1.0\n\n--{B}\n\n-----BEGIN PGP MESSAGE-----\n"
           "\n--{B}\n" +
           text + "\n--{B}--\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.message);
    const auto result = insert(message, wrappingNotice(row.position));
    CHECK(describe(result.outcome) == "wrapped");
    CHECK_FALSE(result.reason.empty());
    const auto after = apply(message, result.edit);
    REQUIRE(after);
    const std::string boundary(after->tree().root().parameter("boundary"));
    CHECK(edited(message, result) ==
          replaceAll(filled(row.want), "{B}", boundary));
  }
}

TEST_CASE("a message is wrapped once") {
  for (const auto position :
       {Notice::Position::Top, Notice::Position::Bottom}) {
    const auto notice = wrappingNotice(position);
    const auto message = read(kSignedFields + "\n" + kSignedBody);
    const auto after = apply(message, insert(message, notice).edit);
    CHECK(describe(insert(*after, notice).outcome) == "already there");
  }
}

TEST_CASE("the boundary of the wrapper is one the message does not use") {
  std::string body = kSignedBody;
  const auto plain = read(kSignedFields + "\n" + body);
  // Takes the names the next sizes would give.
  for (std::size_t n = 0; n < 2000; ++n)
    body += "=_mailreeve_" + std::to_string(n + 25000) + "\n";
  const auto message = read(kSignedFields + "\n" + body);
  const auto notice = wrappingNotice(Notice::Position::Bottom);
  const auto after = apply(message, insert(message, notice).edit);
  REQUIRE(after);
  const std::string boundary(after->tree().root().parameter("boundary"));
  CHECK(message.bytes().find(boundary) == std::string_view::npos);
}

TEST_CASE("a notice outside ASCII is written so that it stays 7-bit") {
  auto notice = wrappingNotice(Notice::Position::Top);
  notice.html.clear();
  notice.plain =
      "gepr\xc3\xbc"
      "ft";
  const auto message = read(kSignedFields + "\n" + kSignedBody);
  const auto got = edited(message, insert(message, notice));
  CHECK(got.find("Content-Type: text/plain; charset=utf-8\n"
                 "Content-Transfer-Encoding: quoted-printable\n\n"
                 "gepr=C3=BCft\n") != std::string::npos);
}

}  // namespace mailreeve::mail
