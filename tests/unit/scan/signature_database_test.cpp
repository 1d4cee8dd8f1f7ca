#include "core/scan/signature_database.h"

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "tests/unit/scratch.h"

namespace mailreeve::scan {

TEST_CASE("the head of a signature database") {
  SignatureDatabase database;
  REQUIRE(parseSignatureHead(
      "ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:x:y:z:1 ", database));
  CHECK(database.version == 62);
  CHECK(database.signatures == 6647427);
  CHECK(database.built == "16 Sep 2021 08-32 -0400");
  for (const std::string bad :
       {"", "ClamAV-VDB", "ClamAV-VDB:a:b", "PK\x03\x04:a:b:c:d"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseSignatureHead(bad, database));
  }
  SignatureDatabase odd;
  REQUIRE(parseSignatureHead("ClamAV-VDB:a\nb:-1:x:y", odd));
  CHECK(odd.built == "a?b");
  CHECK(odd.version == 0);
  CHECK(odd.signatures == 0);
}

TEST_CASE("signature files are listed by name, other files are not") {
  const Scratch scratch;
  REQUIRE(replaceFile(scratch.path / "ours.hdb", "x:1:Test\n"));
  REQUIRE(replaceFile(scratch.path / "daily.cvd",
                      "ClamAV-VDB:1 Jan 2026 00-00 +0000:9:3:90:a:b:c:1"));
  REQUIRE(replaceFile(scratch.path / "freshclam.dat", "x"));
  const auto all = listSignatures(scratch.path);
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].name == "daily.cvd");
  CHECK((*all)[0].version == 9);
  CHECK((*all)[1].name == "ours.hdb");
  CHECK((*all)[1].version == 0);
  CHECK((*all)[1].bytes == 9);
  CHECK_FALSE(listSignatures(scratch.path / "none"));
}

}  // namespace mailreeve::scan
