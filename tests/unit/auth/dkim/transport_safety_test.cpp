#include "core/auth/dkim/transport_safety.h"

#include <doctest/doctest.h>

namespace mailreeve::dkim {

TEST_CASE("bytes that a mail server may change are noticed") {
  struct Row {
    std::string label;
    std::string bytes;
    bool want;
  };

  const Row rows[] = {
      {"plain text", "a\r\nb\r\n", true},
      {"nothing", "", true},
      {"a line of 998", std::string(998, 'x') + "\r\n", true},
      {"a line of 999", std::string(999, 'x') + "\r\n", false},
      {"a byte above 127", "\xc3\xbc\r\n", false},
      {"NUL", std::string("a\0b\r\n", 5), false},
      {"a bare LF", "a\nb\r\n", false},
      {"a bare CR", "a\rb\r\n", false},
      {"a CR at the end", "a\r", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(isTransportSafe(row.bytes) == row.want);
  }
}

TEST_CASE("a byte that may change is noticed wherever it stands") {
  for (const char bad : {'\0', '\r', '\n', '\x80', '\xff'})
    for (std::size_t at = 0; at < 30; ++at) {
      CAPTURE(static_cast<int>(bad));
      CAPTURE(at);
      std::string line(30, 'x');
      CHECK(isTransportSafe(line + "\r\n"));
      line[at] = bad;
      CHECK_FALSE(isTransportSafe(line + "\r\n"));
    }
}

TEST_CASE("the leaves to encode are named, unless nobody may") {
  struct Row {
    std::string label;
    std::string message;
    bool safe;
    bool curable;
    std::string leaves;
  };

  const std::string mixed =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  const std::string rest =
      "\r\n--b\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--b--\r\n";
  const Row rows[] = {
      {"ASCII", "A: b\r\n\r\ntext\r\n", true, true, ""},
      {"some umlauts",
       "A: b\r\n\r\nmostly text \xc3\xbc\r\n",
       false,
       true,
       "0:quoted-printable "},
      {"mostly beyond ASCII",
       "A: b\r\n\r\n\xe6\x97\xa5\xe6\x9c\xac\r\n",
       false,
       true,
       "0:base64 "},
      {"two parts",
       mixed +
           "gr\xc3\xbc\xc3\x9f"
           "e, but mostly ASCII" +
           rest,
       false,
       true,
       "1:quoted-printable 2:base64 "},
      {"a part that is fine", mixed + "text" + rest, false, true, "2:base64 "},
      {"in a signed part",
       "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n"
       "\xc3\xbc\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\n"
       "x\r\n--b--\r\n",
       false,
       false,
       ""},
      {"between the parts",
       "Content-Type: multipart/mixed; "
       "boundary=b\r\n\r\n\xc3\xbc\r\n--b\r\n\r\n"
       "text\r\n--b--\r\n",
       false,
       false,
       ""},
      {"in another message",
       "Content-Type: message/rfc822\r\n\r\nA: b\r\n\r\n\xc3\xbc\r\n",
       false,
       false,
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto tree = mail::MimeTree::parse(row.message);
    const auto safety = judgeTransport(tree, row.message);
    std::string leaves;
    for (const auto& leaf : safety.leaves)
      leaves +=
          std::to_string(leaf.node) + (leaf.encoding == mail::Encoding::Base64
                                           ? ":base64 "
                                           : ":quoted-printable ");
    CHECK(safety.safe == row.safe);
    CHECK(safety.curable == row.curable);
    CHECK(leaves == row.leaves);
  }
}

}  // namespace mailreeve::dkim
