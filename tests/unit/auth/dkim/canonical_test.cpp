#include "core/auth/dkim/canonical.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "core/auth/base64.h"
#include "core/auth/dkim/body_hash.h"

namespace mailreeve::dkim {

TEST_CASE("a header field is brought into canonical form") {
  struct Row {
    std::string label;
    std::string raw;
    std::string relaxed;
  };

  // RFC 6376 section 3.4.5, and then some.
  const Row rows[] = {
      {"a plain one", "A: X", "a:X"},
      {"folded, with blanks all over", "B : Y\t\r\n\tZ  ", "b:Y Z"},
      {"empty", "Subject:", "subject:"},
      {"only blanks", "Subject: \r\n ", "subject:"},
      {"a colon in the value", "X: a:b", "x:a:b"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    std::string relaxed;
    appendHeader(relaxed, row.raw, Canonical::Relaxed);
    CHECK(relaxed == row.relaxed);
    std::string simple;
    appendHeader(simple, row.raw, Canonical::Simple);
    CHECK(simple == row.raw);
  }
}

TEST_CASE("a body is hashed in canonical form, whatever pieces it comes in") {
  struct Row {
    std::string label;
    std::string body;
    std::string relaxed;
    std::string simple;
  };

  const Row rows[] = {
      {"the RFC's example",
       " C \r\nD \t E\r\n\r\n\r\n",
       " C\r\nD E\r\n",
       " C \r\nD \t E\r\n"},
      {"nothing", "", "", "\r\n"},
      {"empty lines", "\r\n\r\n", "", "\r\n"},
      {"lines of blanks", " \r\n\t\r\n", "", " \r\n\t\r\n"},
      {"no last line end", "a", "a\r\n", "a\r\n"},
      {"empty lines inside",
       "a\r\n\r\n\r\nb\r\n",
       "a\r\n\r\n\r\nb\r\n",
       "a\r\n\r\n\r\nb\r\n"},
      {"a tab alone", "a\tb\r\n", "a b\r\n", "a\tb\r\n"},
      {"blanks at the beginning", "  a\r\n", " a\r\n", "  a\r\n"},
      {"bare CR and LF are no line ends",
       "a\rb\nc \n\r\n",
       "a\rb\nc \n\r\n",
       "a\rb\nc \n\r\n"},
      {"a CR at the end", "a\r", "a\r\r\n", "a\r\r\n"},
      {"a line longer than any buffer",
       std::string(20000, 'x') + "  y\r\n",
       std::string(20000, 'x') + " y\r\n",
       std::string(20000, 'x') + "  y\r\n"},
  };
  const Sha256 sha256;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    for (const auto canonical : {Canonical::Relaxed, Canonical::Simple}) {
      const auto& want =
          canonical == Canonical::Relaxed ? row.relaxed : row.simple;
      const auto whole = hashBody(sha256, row.body, canonical);
      CHECK(whole.hash == sha256.digest(want));
      CHECK(whole.size == want.size());

      BodyHash pieces(sha256, canonical);
      for (const char& c : row.body) pieces.feed({&c, 1});
      CHECK(pieces.finish() == whole.hash);
      const auto part = hashBody(sha256, row.body, canonical, 3);
      CHECK(part.hash == sha256.digest(want.substr(0, 3)));
      CHECK(part.size == want.size());
    }
  }
}

TEST_CASE("blanks are seen wherever in a line they stand") {
  const Sha256 sha256;
  for (const std::string blanks : {"  ", "\t", " \t", "\t ", "   "})
    for (std::size_t before = 0; before < 40; ++before)
      for (std::size_t behind = 1; behind < 20; ++behind) {
        CAPTURE(blanks.size());
        CAPTURE(before);
        CAPTURE(behind);
        const std::string left(before, 'a');
        const std::string right(behind, 'b');
        const auto hash = hashBody(
            sha256, left + blanks + right + "\r\n", Canonical::Relaxed);
        CHECK(hash.hash == sha256.digest(left + " " + right + "\r\n"));
      }
}

TEST_CASE("what is hashed does not depend on the pieces") {
  const std::string body = "a\r\n\r\n\r\n \r\n\r\nb  c\r\n" +
                           std::string(2000, 'x') + "\r\n\r\n" +
                           std::string(600, 'y') + " \r\nz\r\n\r\n";
  const std::string relaxed = "a\r\n\r\n\r\n\r\n\r\nb c\r\n" +
                              std::string(2000, 'x') + "\r\n\r\n" +
                              std::string(600, 'y') + "\r\nz\r\n";
  const Sha256 sha256;
  for (std::size_t step = 1; step < body.size(); ++step) {
    CAPTURE(step);
    BodyHash hash(sha256, Canonical::Relaxed);
    for (std::size_t at = 0; at < body.size(); at += step) {
      std::string piece = body.substr(at, step);
      hash.feed(piece);
      std::fill(piece.begin(), piece.end(), '?');  // Nobody looks back.
    }
    CHECK(hash.finish() == sha256.digest(relaxed));
  }
}

TEST_CASE("the empty body has the hashes the RFC gives") {
  const Sha256 sha256;
  CHECK(auth::encodeBase64(hashBody(sha256, "", Canonical::Simple).hash) ==
        "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
  CHECK(auth::encodeBase64(hashBody(sha256, "", Canonical::Relaxed).hash) ==
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

}  // namespace mailreeve::dkim
