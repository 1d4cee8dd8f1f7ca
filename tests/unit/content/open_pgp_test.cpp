#include "core/content/open_pgp.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve::content {

TEST_CASE("a file that OpenPGP has encrypted is known by its first packet") {
  struct Row {
    std::string label;
    std::string bytes;
    bool want;
  };

  const std::string key = "\3KEYIDKEY\1";
  const Row rows[] = {
      {"nothing", "", false},
      {"words", "words", false},
      {"armour", "\r\n-----BEGIN PGP MESSAGE-----\r\n", true},
      {"the armour of a key", "-----BEGIN PGP PUBLIC KEY BLOCK-----", false},
      {"for a public key", "\x84\x0c" + key, true},
      {"with a longer length", "\x85\1\x0c" + key, true},
      {"in the newer form", "\xc1\x0c" + key, true},
      {"with a longer length there", "\xc1\xc0\x4c" + key, true},
      {"for an algorithm that does not exist", "\x84\x0c\3KEYIDKEY\x63", false},
      {"for a passphrase", "\x8c\x0d\4\x09\3\2salt", true},
      {"in the newer form", "\xc3\x0d\4\x09\3\2salt", true},
      {"a signature", "\x88\x0d\4\x09", false},
      {"cut short", "\x84", false},
      {"a picture", "\x89PNG\r\n\x1a\n", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(isPgpEncrypted(row.bytes) == row.want);
  }
}

}  // namespace mailreeve::content
