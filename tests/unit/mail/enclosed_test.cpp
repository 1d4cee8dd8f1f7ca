#include "core/mail/enclosed.h"

#include <doctest/doctest.h>

#include "core/mail/mime_tree.h"

namespace mailreeve::mail {

TEST_CASE("a message is enclosed so that it comes out as it went in") {
  struct Case {
    std::string label;
    std::string original;
    std::string type;
  };

  const std::vector<Case> rows = {
      {"plain", "Subject: x\r\n\r\nHello\r\n", "message/rfc822"},
      {"8 bit", "Subject: x\r\n\r\nH\xC3\xA9\r\n", "message/rfc822"},
      {"without a last line end", "Subject: x\r\n\r\nHello", "message/rfc822"},
      {"NUL",
       std::string("Subject: x\r\n\r\n\0\r\n", 17),
       "application/octet-stream"},
      {"a long line",
       "Subject: x\r\n\r\n" + std::string(2000, 'y') + "\r\n",
       "application/octet-stream"},
      {"our boundary", "Subject: x\r\n\r\n--=_u_1\r\n", "message/rfc822"},
  };
  Letter letter;
  letter.from = "postmaster@example.com";
  letter.to = {"r@example.com"};
  letter.subject = "Case";
  letter.text = "See below.\n";
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto all = composeWithOriginal(
        letter, row.original, TimePoint(), "u.1", "mail.example.com");
    const auto tree = MimeTree::parse(all);
    CHECK(tree.root().type == "multipart/mixed");
    REQUIRE(tree.root().children.size() == 2);
    CHECK(tree.nodes()[tree.root().children[0]].type == "text/plain");
    const auto& enclosed = tree.nodes()[tree.root().children[1]];
    CHECK(enclosed.type == row.type);
    if (row.type == "message/rfc822")
      CHECK(enclosed.body.of(all) == row.original);
    else
      CHECK(decode(enclosed, all) == row.original);
    CHECK(fieldValue(all, tree.root().headers, "Auto-Submitted"));
  }
}

}  // namespace mailreeve::mail
