#include "core/auth/dkim/key_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "keys.h"
#include "tests/unit/scratch.h"

namespace mailreeve::dkim {

TEST_CASE("a key that was written is read again, and only by its owner") {
  const Scratch scratch;
  const auto path = scratch.path / "key.pem";
  for (const auto& key : {rsaKey(), shortRsaKey(), ed25519Key()}) {
    REQUIRE(writeKeyFile(path, *key));

    struct stat status {};

    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    const auto read = readKeyFile(path);
    REQUIRE(read);
    CHECK(read->algorithm() == key->algorithm());
    CHECK(read->bits() == key->bits());
    CHECK(*read->publicBytes() == *key->publicBytes());
  }
  CHECK(rsaKey()->bits() == 2048);
}

TEST_CASE("a key file that is no secret, or no key, is refused") {
  const Scratch scratch;
  const auto path = scratch.path / "key.pem";
  REQUIRE(writeKeyFile(path, *ed25519Key()));

  struct Row {
    std::string label;
    mode_t mode;
    std::string who;      // May use it, of those who should not.
    bool foreignIsTaken;  // Of another program, which says so.
  };

  const Row rows[] = {
      {"its owner alone", 0600, "", true},
      {"its owner alone, who may not write it", 0400, "", true},
      {"its group reads it", 0640, "its group", true},
      {"its group writes it", 0660, "its group", true},
      {"everybody reads it", 0644, "everybody", false},
      {"everybody writes it", 0602, "everybody", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    REQUIRE(::chmod(path.c_str(), row.mode) == 0);
    const auto read = readKeyFile(path);
    CHECK(read.ok() == row.who.empty());
    if (!read)
      CHECK(read.error().what ==
            path.string() + ": " + row.who +
                " may use this private key; chmod it to 600");
    const auto foreign = readForeignKeyFile(path);
    CHECK(foreign.ok() == row.foreignIsTaken);
    if (foreign) CHECK(foreign->sharedWithGroup == !row.who.empty());
  }

  REQUIRE(replaceFile(path, "no key\n", 0600));
  const auto wrong = readKeyFile(path);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().what ==
        path.string() + ": not a private key in PEM form");
  CHECK(readKeyFile(scratch.path / "none").error().code == ErrorCode::NotFound);
}

}  // namespace mailreeve::dkim
