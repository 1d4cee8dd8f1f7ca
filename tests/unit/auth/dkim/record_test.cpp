#include "core/auth/dkim/record.h"

#include <doctest/doctest.h>

#include "keys.h"

namespace mailreeve::dkim {

TEST_CASE("a key record is read, or refused with the reason") {
  const auto text = recordText(*rsaKey());
  REQUIRE(text);
  const std::string p = text->substr(text->find("p="));
  const std::string ed = *recordText(*ed25519Key());
  const std::string edP = ed.substr(ed.find("p="));

  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"all that we write", *text, ""},
      {"only a key", p, ""},
      {"Ed25519", "k=ed25519; " + edP, ""},
      {"notes and flags", "v=DKIM1; n=a note; t=y:s; s=email; " + p, ""},
      {"an unknown tag", "v=DKIM1; zz=1; " + p, ""},
      {"several hashes", "h=sha1:sha256; " + p, ""},
      {"revoked", "v=DKIM1; p=", "the key is revoked"},
      {"no key", "v=DKIM1; k=rsa", "the key record has no key"},
      {"another version",
       "v=DKIM2; " + p,
       "the key record is not of version DKIM1"},
      {"only sha1", "h=sha1; " + p, "the key is not for sha256"},
      {"another service", "s=tlsrpt; " + p, "the key is not for mail"},
      {"an unknown type", "k=dsa; " + p, "the key is of an unknown type"},
      {"an RSA key called Ed25519",
       "k=ed25519; " + p,
       "the key is not Ed25519"},
      {"an Ed25519 key called RSA",
       "k=rsa; " + edP,
       "the key cannot be decoded"},
      {"no base64", "p=!!!", "the key is not base64"},
      {"base64 of nothing known", "p=AAAA", "the key cannot be decoded"},
      {"no tags at all", "hello", "the key record cannot be read"},
      {"some other text",
       "v=spf1 -all",
       "the key record is not of version DKIM1"},
      {"longer than any",
       "n=" + std::string(9000, 'x') + "; " + p,
       "the key record is too long"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto record = parseRecord(row.text);
    CHECK((record ? "" : record.error().what) == row.want);
  }
}

TEST_CASE("flags of a key record are kept") {
  const std::string text = *recordText(*ed25519Key());
  const auto record = parseRecord(text + "; t=y : s");
  REQUIRE(record);
  CHECK(record->testing);
  CHECK(record->exactDomainOnly);
  CHECK(record->key.bits() == 256);
}

TEST_CASE("a record goes into a zone file in strings of 255 octets") {
  CHECK(recordName("S1", "Example.COM") == "s1._domainkey.example.com");
  CHECK(zoneLine("a.example", "v=DKIM1") == "a.example. IN TXT \"v=DKIM1\"");
  CHECK(zoneLine("a.example", std::string(300, 'x')) ==
        "a.example. IN TXT \"" + std::string(255, 'x') + "\" \"" +
            std::string(45, 'x') + "\"");
}

}  // namespace mailreeve::dkim
