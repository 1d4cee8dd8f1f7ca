#include "core/mail/part_edit.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace mailreeve::mail {

namespace {

const std::string kHead =
    "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";

const std::string kThree =
    kHead +
    "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
    "--b\r\n\r\nfirst\r\n"
    "--b\r\nContent-Type: application/x-a; name=a.exe\r\n\r\nAAA\r\n"
    "--b\r\nContent-Type: text/html\r\n\r\n<p>last\r\n"
    "--b--\r\nepilogue\r\n";

const std::string kNested =
    kHead +
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\nfirst\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: inner\r\nContent-Type: application/x-a\r\n\r\nAAA\r\n"
    "--b--\r\n";

Message messageOf(const std::string& raw) {
  auto message = messageFromBytes(raw, {});
  REQUIRE(message);
  return *std::move(message);
}

// The message as it leaves, or why it does not.
std::string edited(const std::string& raw, const std::vector<PartEdit>& edits) {
  const auto message = messageOf(raw);
  auto edit = editParts(message, edits);
  if (!edit) return "error: " + edit.error().what;
  const auto after = apply(message, *edit);
  REQUIRE(after);
  return std::string(after->bytes());
}

const std::string kTextHead =
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n";

const std::string kNote = kTextHead +
                          "Content-Disposition: inline\r\n\r\n"
                          "gone: =C3=A4";

}  // namespace

TEST_CASE("parts go, or a text stands in their place") {
  struct Row {
    std::string label;
    std::string raw;
    std::vector<PartEdit> edits;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"nothing to do", kThree, {}, kThree},
      {"one in the middle is replaced",
       kThree,
       {{2, "gone: ä"}},
       kHead +
           "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
           "--b\r\n\r\nfirst\r\n"
           "--b\r\n" +
           kNote +
           "\r\n"
           "--b\r\nContent-Type: text/html\r\n\r\n<p>last\r\n"
           "--b--\r\nepilogue\r\n"},
      {"one in the middle goes",
       kThree,
       {{2, std::nullopt}},
       kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
               "--b\r\n\r\nfirst\r\n"
               "--b\r\nContent-Type: text/html\r\n\r\n<p>last\r\n"
               "--b--\r\nepilogue\r\n"},
      {"the first two go",
       kThree,
       {{1, std::nullopt}, {2, std::nullopt}},
       kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
               "--b\r\nContent-Type: text/html\r\n\r\n<p>last\r\n"
               "--b--\r\nepilogue\r\n"},
      {"the last two go",
       kThree,
       {{2, std::nullopt}, {3, std::nullopt}},
       kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
               "--b\r\n\r\nfirst\r\n"
               "--b--\r\nepilogue\r\n"},
      {"the outer ones go, the inner one is replaced",
       kThree,
       {{1, std::nullopt}, {2, "gone: ä"}, {3, std::nullopt}},
       kHead +
           "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
           "--b\r\n" +
           kNote + "\r\n--b--\r\nepilogue\r\n"},
      {"all would go",
       kThree,
       {{1, std::nullopt}, {2, std::nullopt}, {3, std::nullopt}},
       "error: nothing would be left of a part"},
      {"an attached message, with its header",
       kNested,
       {{2, "gone: ä"}},
       kHead +
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
           "--b\r\n\r\nfirst\r\n"
           "--b\r\n" +
           kNote + "\r\n--b--\r\n"},
      {"the outer of two edits counts",
       kNested,
       {{3, "never"}, {2, "gone: ä"}},
       kHead +
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
           "--b\r\n\r\nfirst\r\n"
           "--b\r\n" +
           kNote + "\r\n--b--\r\n"},
      {"a message that is nothing but the file",
       kHead + "Content-Type: application/x-a; name=a.exe\r\n"
               "Content-Disposition: attachment\r\n"
               "Content-Transfer-Encoding: base64\r\n\r\nQUFB\r\n",
       {{0, "gone: ä\n"}},
       kHead + kTextHead + "\r\ngone: =C3=A4\r\n"},
      {"a boundary that is missing",
       kThree.substr(0, kThree.find("--b--")),
       {{2, "x"}},
       "error: malformed message"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(edited(row.raw, row.edits) == row.want);
  }
}

TEST_CASE("a file in an attached message takes the message with it") {
  const auto message = messageOf(kNested);
  CHECK(wholePart(message.tree(), 3) == 2);
  CHECK(wholePart(message.tree(), 1) == 1);
  CHECK(wholePart(message.tree(), 0) == 0);
}

}  // namespace mailreeve::mail
