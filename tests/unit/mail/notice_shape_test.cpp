// Which leaves of a message get the notice, and which messages none.
#include "tests/unit/mail/notice_fixture.h"

namespace mailreeve::mail {

using namespace testing;

namespace {

const std::string kMixed = "Content-Type: multipart/mixed; boundary=m\n\n";
const std::string kAlternative =
    "Content-Type: multipart/alternative; boundary=a\n\n";
const std::string kPlain = "Content-Type: text/plain\n\n";
const std::string kHtml = "Content-Type: text/html\n\n";
const std::string kPng = "Content-Type: image/png\n\npng\n";

}  // namespace

TEST_CASE("the notice goes into every form of the text and nowhere else") {
  struct Row {
    std::string label;
    std::string message;
    std::string want;
  };

  const Row rows[] = {
      {"plain text alone",
       "Subject: x\n\nhello\n",
       "Subject: x\n\nhello\n\n{N}\n"},
      {"HTML alone",
       kHtml + "<body>hello</body>\n",
       kHtml + "<body>hello\n{H}\n</body>\n"},
      {"both branches of an alternative",
       kAlternative + "--a\n" + kPlain + "hello\n--a\n" + kHtml +
           "<p>hello</p>\n--a--\n",
       kAlternative + "--a\n" + kPlain + "hello\n\n{N}\n--a\n" + kHtml +
           "<p>hello</p>\n{H}\n--a--\n"},
      {"all of more than two branches",
       kAlternative + "--a\n" + kPlain + "1\n--a\n" + kHtml + "2\n--a\n" +
           kPlain + "3\n--a--\n",
       kAlternative + "--a\n" + kPlain + "1\n\n{N}\n--a\n" + kHtml +
           "2\n{H}\n--a\n" + kPlain + "3\n\n{N}\n--a--\n"},
      {"only the first displayable leaf of a mixed",
       kMixed + "--m\n" + kPlain + "1\n--m\n" + kPlain + "2\n--m--\n",
       kMixed + "--m\n" + kPlain + "1\n\n{N}\n--m\n" + kPlain + "2\n--m--\n"},
      {"an image first is no displayable text",
       kMixed + "--m\n" + kPng + "--m\n" + kPlain + "2\n--m--\n",
       kMixed + "--m\n" + kPng + "--m\n" + kPlain + "2\n\n{N}\n--m--\n"},
      {"an alternative in a mixed, the attachment untouched",
       kMixed + "--m\n" + kAlternative + "--a\n" + kPlain + "1\n--a\n" + kHtml +
           "2\n--a--\n--m\n" + kPng + "--m--\n",
       kMixed + "--m\n" + kAlternative + "--a\n" + kPlain + "1\n\n{N}\n--a\n" +
           kHtml + "2\n{H}\n--a--\n--m\n" + kPng + "--m--\n"},
      {"an attached text is left alone",
       kMixed + "--m\nContent-Disposition: attachment\n" + kPlain + "1\n--m\n" +
           kPlain + "2\n--m--\n",
       kMixed + "--m\nContent-Disposition: attachment\n" + kPlain + "1\n--m\n" +
           kPlain + "2\n\n{N}\n--m--\n"},
      {"a text with a file name is left alone",
       kMixed + "--m\nContent-Type: text/plain; name=log.txt\n\n1\n--m\n" +
           kPlain + "2\n--m--\n",
       kMixed + "--m\nContent-Type: text/plain; name=log.txt\n\n1\n--m\n" +
           kPlain + "2\n\n{N}\n--m--\n"},
      {"an attached message is left alone",
       kMixed + "--m\nContent-Type: message/rfc822\n\nSubject: y\n\n1\n--m\n" +
           kPlain + "2\n--m--\n",
       kMixed + "--m\nContent-Type: message/rfc822\n\nSubject: y\n\n1\n--m\n" +
           kPlain + "2\n\n{N}\n--m--\n"},
      {"the first part of a related is its root",
       "Content-Type: multipart/related; boundary=r\n\n--r\n" + kHtml +
           "1\n--r\n" + kPng + "--r--\n",
       "Content-Type: multipart/related; boundary=r\n\n--r\n" + kHtml +
           "1\n{H}\n--r\n" + kPng + "--r--\n"},
      {"the root of a related is where start= says",
       "Content-Type: multipart/related; boundary=r; start=\"<x@y>\"\n\n--r\n" +
           kPlain + "1\n--r\nContent-ID: <x@y>\n" + kHtml + "2\n--r--\n",
       "Content-Type: multipart/related; boundary=r; start=\"<x@y>\"\n\n--r\n" +
           kPlain + "1\n--r\nContent-ID: <x@y>\n" + kHtml + "2\n{H}\n--r--\n"},
      {"a related within an alternative",
       kAlternative + "--a\n" + kPlain +
           "1\n--a\nContent-Type: multipart/related; boundary=r\n\n--r\n" +
           kHtml + "2\n--r\n" + kPng + "--r--\n--a--\n",
       kAlternative + "--a\n" + kPlain +
           "1\n\n{N}\n--a\nContent-Type: multipart/related; boundary=r\n\n"
           "--r\n" +
           kHtml + "2\n{H}\n--r\n" + kPng + "--r--\n--a--\n"},
      {"a calendar branch is left alone, its siblings are not",
       kAlternative + "--a\n" + kPlain + "1\n--a\n" + kHtml +
           "2\n--a\nContent-Type: text/calendar; method=REQUEST\n\n"
           "BEGIN:VCALENDAR\n--a--\n",
       kAlternative + "--a\n" + kPlain + "1\n\n{N}\n--a\n" + kHtml +
           "2\n{H}\n--a\nContent-Type: text/calendar; method=REQUEST\n\n"
           "BEGIN:VCALENDAR\n--a--\n"},
      {"text beside a TNEF attachment",
       kMixed + "--m\n" + kPlain +
           "1\n--m\nContent-Type: application/ms-tnef\n"
           "\ntnef\n--m--\n",
       kMixed + "--m\n" + kPlain +
           "1\n\n{N}\n--m\nContent-Type: application/ms-tnef\n\ntnef\n--m--\n"},
      {"text before a signed part that is only carried along",
       kMixed + "--m\n" + kPlain +
           "1\n--m\nContent-Type: multipart/signed; boundary=s\n\n--s\n" +
           kPlain + "2\n--s\n" + kPng + "--s--\n--m--\n",
       kMixed + "--m\n" + kPlain +
           "1\n\n{N}\n--m\nContent-Type: multipart/signed; boundary=s\n\n"
           "--s\n" +
           kPlain + "2\n--s\n" + kPng + "--s--\n--m--\n"},
      {"preamble and epilogue stay as they are",
       kMixed + "before\n--m\n" + kPlain + "1\n--m--\nafter\n",
       kMixed + "before\n--m\n" + kPlain + "1\n\n{N}\n--m--\nafter\n"},
      {"an inner boundary that begins like the outer one",
       kMixed +
           "--m\nContent-Type: multipart/alternative; boundary=mm\n\n"
           "--mm\n" +
           kPlain + "1\n--mm--\n--m--\n",
       kMixed +
           "--m\nContent-Type: multipart/alternative; boundary=mm\n\n"
           "--mm\n" +
           kPlain + "1\n\n{N}\n--mm--\n--m--\n"},
      {"what is wrong within an attached message is no matter",
       kMixed + "--m\n" + kPlain +
           "1\n--m\nContent-Type: message/rfc822\n\n"
           "Content-Type: multipart/mixed\n\nx\n--m--\n",
       kMixed + "--m\n" + kPlain +
           "1\n\n{N}\n--m\nContent-Type: message/rfc822\n\n"
           "Content-Type: multipart/mixed\n\nx\n--m--\n"},
      {"an empty body", "Subject: x\n\n", "Subject: x\n\n{N}\n"},
      {"a message that is only a header",
       "Subject: x\n",
       "Subject: x\n\n{N}\n"},
      {"an empty branch",
       kAlternative + "--a\n" + kPlain + "\n--a\n" + kHtml + "2\n--a--\n",
       kAlternative + "--a\n" + kPlain + "{N}\n--a\n" + kHtml +
           "2\n{H}\n--a--\n"},
      {"a branch that ends within its header",
       kAlternative + "--a\nContent-Type: text/plain\n--a\n" + kHtml +
           "2\n--a--\n",
       kAlternative + "--a\nContent-Type: text/plain\n\n{N}\n--a\n" + kHtml +
           "2\n{H}\n--a--\n"},
      {"no last line end", "Subject: x\n\nhello", "Subject: x\n\nhello\n\n{N}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.message);
    const auto result = insert(message, legalNotice());
    CHECK(describe(result.outcome) == "inserted");
    CHECK(result.reason == "");
    CHECK(edited(message, result) == filled(row.want));
  }
}

TEST_CASE("what must not be edited is left alone, and the log says why") {
  struct Row {
    std::string label;
    std::string message;
    std::string reason;
  };

  const std::string pgp = "-----BEGIN PGP SIGNED MESSAGE-----\n\nhello\n";
  const Row rows[] = {
      {"a signed message",
       "Content-Type: multipart/signed; boundary=s\n\n--s\n" + kPlain +
           "1\n--s\n" + kPng + "--s--\n",
       "signed or encrypted: multipart/signed"},
      {"a signed message two levels up",
       "Content-Type: multipart/signed; boundary=s\n\n--s\n" + kMixed +
           "--m\n" + kAlternative + "--a\n" + kPlain +
           "1\n--a--\n--m--\n--s\n" + kPng + "--s--\n",
       "signed or encrypted: multipart/signed"},
      {"a signed text below a list's footer",
       kMixed + "--m\nContent-Type: multipart/signed; boundary=s\n\n--s\n" +
           kPlain + "1\n--s\n" + kPng + "--s--\n--m\n" + kPlain +
           "footer\n--m--\n",
       "signed or encrypted: multipart/signed"},
      {"one signed branch blocks the others",
       kAlternative + "--a\n" + kPlain +
           "1\n--a\nContent-Type: multipart/signed; boundary=s\n\n--s\n" +
           kHtml + "1\n--s\n" + kPng + "--s--\n--a--\n",
       "signed or encrypted: multipart/signed"},
      {"an encrypted message",
       "Content-Type: multipart/encrypted; boundary=s\n\n--s\n" + kPlain +
           "1\n--s--\n",
       "signed or encrypted: multipart/encrypted"},
      {"S/MIME in one piece",
       "Content-Type: application/pkcs7-mime; smime-type=signed-data\n"
       "Content-Transfer-Encoding: base64\n\nAAAA\n",
       "signed or encrypted: application/pkcs7-mime"},
      {"S/MIME under its old name",
       "Content-Type: application/x-pkcs7-mime\n\nAAAA\n",
       "signed or encrypted: application/x-pkcs7-mime"},
      {"inline PGP", kPlain + pgp, "signed or encrypted: PGP in the text"},
      {"inline PGP in one branch",
       kAlternative + "--a\n" + kPlain + pgp + "--a\n" + kHtml + "2\n--a--\n",
       "signed or encrypted: PGP in the text"},
      {"inline PGP behind base64",
       "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
       "LS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCg==\n",
       "signed or encrypted: PGP in the text"},
      {"inline PGP in UTF-16",
       "Content-Type: text/plain; charset=utf-16\n"
       "Content-Transfer-Encoding: "
       "base64\n\n//"
       "4tAC0ALQAtAC0AQgBFAEcASQBOACAAUABHAFAAIABNAEUAUwBTAEEARwBFAC0ALQAtAC0AL"
       "QAKAA==\n",
       "signed or encrypted: PGP in the text"},
      {"a text in TNEF alone",
       "Content-Type: application/ms-tnef; name=winmail.dat\n\nx\n",
       "the text is in TNEF (winmail.dat)"},
      {"a picture alone", kPng, "there is no text to add to"},
      {"only an attachment",
       "Content-Type: text/plain\nContent-Disposition: attachment\n\nx\n",
       "there is no text to add to"},
      {"no end boundary",
       kMixed + "--m\n" + kPlain + "1\n",
       "malformed: a multipart does not end"},
      {"one boundary on two levels",
       kMixed + "--m\nContent-Type: multipart/alternative; boundary=m\n\n--m\n"
                "\n1\n--m--\n",
       "malformed: a boundary is used on two levels"},
      {"two Content-Type fields",
       kHtml.substr(0, kHtml.size() - 1) + kPlain + "1\n",
       "malformed: a Content-* field stands there twice"},
      {"an unknown charset",
       "Content-Type: text/plain; charset=x-foo\n\n1\n",
       "unknown charset x-foo"},
      {"an unknown encoding",
       "Content-Type: text/plain\nContent-Transfer-Encoding: rot13\n\n1\n",
       "a transfer encoding we do not write"},
      {"uuencoded text",
       "Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\n1\n",
       "a transfer encoding we do not write"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.message);
    auto notice = legalNotice();
    const auto ignored = insert(message, notice);
    CHECK(describe(ignored.outcome) == "left alone");
    CHECK(ignored.reason == row.reason);
    CHECK(ignored.edit.empty());

    notice.fallback = Notice::Fallback::Reject;
    const auto refused = insert(message, notice);
    CHECK(describe(refused.outcome) == "refused");
    CHECK(refused.reason == row.reason);
    CHECK(refused.edit.empty());
  }
}

TEST_CASE("a quoted or attached signature does not stop the notice") {
  for (const std::string body :
       {"> -----BEGIN PGP SIGNED MESSAGE-----\n> hello\n",
        "see the block marked -----BEGIN PGP MESSAGE-----\n"}) {
    CAPTURE(body);
    const auto message = read("Subject: x\n\n" + body);
    CHECK(describe(insert(message, legalNotice()).outcome) == "inserted");
  }
}

TEST_CASE("generated mail never gets a notice, whatever the fallback") {
  struct Row {
    std::string label;
    std::string header;
    std::string reason;
  };

  const Row rows[] = {
      {"an automatic reply",
       "Auto-Submitted: auto-replied (vacation)\n",
       "Auto-Submitted: auto-replied (vacation)"},
      {"our own notification",
       "Auto-Submitted: auto-generated; owner=x\n",
       "Auto-Submitted: auto-generated; owner=x"},
      {"bulk mail", "Precedence: Bulk\n", "Precedence: bulk"},
      {"list mail", "Precedence: list\n", "Precedence: list"},
      {"a report",
       "Content-Type: multipart/report; report-type=delivery-status;\n"
       " boundary=b\n",
       "it is a report: multipart/report"},
      {"a lone invitation",
       "Content-Type: text/calendar; method=REQUEST\n",
       "it is an invitation alone"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = read(row.header + "\nx\n");
    auto notice = legalNotice();
    notice.fallback = Notice::Fallback::Reject;
    const auto result = insert(message, notice);
    CHECK(describe(result.outcome) == "not meant for this message");
    CHECK(result.reason == row.reason);
    CHECK(result.edit.empty());
    CHECK(whyNotEditable(message) == row.reason);
  }
  CHECK_FALSE(whyNotEditable(read("Auto-Submitted: No (by hand)\n\nx\n")));
  CHECK_FALSE(whyNotEditable(read("Precedence: first-class\n\nx\n")));

  const auto bounce = messageFromBytes("Subject: x\n\nx\n", {});
  CHECK(whyNotEditable(*bounce) == "it has the null sender");
}

}  // namespace mailreeve::mail
