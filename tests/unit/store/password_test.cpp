#include "core/store/password.h"

#include <doctest/doctest.h>

#include "core/base/subprocess.h"

namespace mailreeve::store {

namespace {

// Whether Dovecot itself takes `password` for `hash`.
bool dovecotAccepts(const std::string& hash, const std::string& password) {
  const auto done = run({"doveadm", "pw", "-t", hash, "-p", password});
  REQUIRE(done);
  return done->status == 0 && done->out.find("verified") != std::string::npos;
}

}  // namespace

TEST_CASE("Dovecot verifies what is stored") {
  for (const std::string password :
       {"simple", "with blank & \"quotes\"", "Pässwörter/日本語"}) {
    CAPTURE(password);
    const auto hash = hashPassword(password);
    REQUIRE(hash);
    CHECK(hash->rfind("{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$", 0) == 0);
    CHECK(passwordMatches(password, *hash));
    CHECK_FALSE(passwordMatches(password + "x", *hash));
    CHECK(dovecotAccepts(*hash, password));
    CHECK_FALSE(dovecotAccepts(*hash, password + "x"));

    const auto scram = scramSecret(password);
    REQUIRE(scram);
    CHECK(dovecotAccepts(*scram, password));
    CHECK_FALSE(dovecotAccepts(*scram, password + "x"));
  }
}

TEST_CASE("the same password never gives the same hash") {
  CHECK(*hashPassword("secret") != *hashPassword("secret"));
  CHECK(*scramSecret("secret") != *scramSecret("secret"));
}

TEST_CASE("passwords that a protocol could not carry are refused") {
  struct Row {
    std::string label;
    std::string password;
    bool good;
  };

  const Row rows[] = {
      {"empty", "", false},
      {"one character", "x", true},
      {"512 bytes", std::string(512, 'x'), true},
      {"513 bytes", std::string(513, 'x'), false},
      {"a line end", "a\nb", false},
      {"a NUL byte", std::string("a\0b", 3), false},
      {"UTF-8", "ä", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(checkPassword(row.password).ok() == row.good);
  }
}

TEST_CASE("hashes of other systems") {
  const std::string crypt512 =
      "$6$rounds=5000$" + std::string(16, 's') + "$" + std::string(86, 'h');

  struct Row {
    std::string label;
    std::string hash;
    std::string want;  // Part of the result, or of the error.
    bool good;
  };

  const Row rows[] = {
      {"crypt of Linux names itself", crypt512, "{SHA512-CRYPT}$6$", true},
      {"a scheme in lower case", "{sha512-crypt}" + crypt512, "{SHA512", true},
      {"bcrypt", "$2y$05$" + std::string(53, 'h'), "{BLF-CRYPT}$2y$", true},
      {"SSHA", "{SSHA}" + std::string(32, 'A'), "{SSHA}", true},
      {"clear text", "{PLAIN}secret", "no scheme that can be taken", false},
      {"clear text without scheme", "secret", "names no scheme", false},
      {"an unknown scheme", "{ROT13}frperg", "{ROT13}", false},
      {"an open brace", "{SSHA", "} is missing", false},
      {"the wrong text for its scheme",
       "{SHA512-CRYPT}" + std::string(100, 'h'),
       "does not look like SHA512-CRYPT",
       false},
      {"cut short", "$6$abc$def", "does not look like", false},
      {"a tab", "{SSHA}" + std::string(32, 'A') + "\tx", "characters", false},
      {"empty", "", "names no scheme", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = checkForeignHash(row.hash);
    CHECK(got.ok() == row.good);
    CHECK((got ? *got : got.error().what).find(row.want) != std::string::npos);
  }
}

TEST_CASE("a generated password is long, and another each time") {
  const auto one = generatePassword();
  const auto two = generatePassword();
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->view().size() == 23);
  CHECK(one->view() != two->view());
  CHECK(checkPassword(one->view()));
}

TEST_CASE("a secret moves and leaves nothing behind") {
  std::string text = "short";
  Secret first(std::move(text));
  CHECK(text.empty());  // NOLINT(*-use-after-move): that is the promise.
  Secret second(std::move(first));
  CHECK(first.view().empty());  // NOLINT(*-use-after-move)
  CHECK(second.view() == "short");
}

}  // namespace mailreeve::store
