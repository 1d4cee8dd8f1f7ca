#include "core/auth/dkim/signature.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::dkim {

namespace {

constexpr const char* kGood =
    "v=1; a=rsa-sha256; d=Example.com; s=S1; c=relaxed/simple; "
    "h=From : To; i=@mail.example.com; l=10; t=5; x=9; "
    "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=YWJj\r\n ZGVm";

}  // namespace

TEST_CASE("a signature is read tag by tag") {
  Signature signature;
  REQUIRE(readSignature(kGood, SignatureKind::Dkim, signature));
  CHECK(signature.algorithm == Algorithm::RsaSha256);
  CHECK(signature.domain == "example.com");
  CHECK(signature.selector == "s1");
  CHECK(signature.identityDomain == "mail.example.com");
  CHECK(signature.header == Canonical::Relaxed);
  CHECK(signature.body == Canonical::Simple);
  CHECK(signature.signedFields == std::vector<std::string>{"from", "to"});
  CHECK(signature.bodyHash.size() == 32);
  CHECK(signature.bytes == "abcdef");
  CHECK(signature.head == "YWJjZGVm");
  CHECK(signature.bodyLength == 10);
  CHECK(signature.signedAt == 5);
  CHECK(signature.expires == 9);
}

TEST_CASE("a signature that cannot be verified is refused with the reason") {
  struct Row {
    std::string label;
    std::string what;
    std::string with;
    std::string want;
  };

  const Row rows[] = {
      {"another version", "v=1", "v=2", "v= is not 1"},
      {"SHA-1", "rsa-sha256", "rsa-sha1", "rsa-sha1 proves nothing (RFC 8301)"},
      {"an unknown algorithm",
       "rsa-sha256",
       "dsa-sha256",
       "a= names no known algorithm"},
      {"no domain", "d=Example.com;", "", "d= is not a domain name"},
      {"a domain that breaks out",
       "d=Example.com",
       "d=a.b\r\n c",
       "d= is not a domain name"},
      {"no selector", "s=S1", "s=", "s= is not a domain name"},
      {"an identity of another domain",
       "@mail.example.com",
       "@example.org",
       "i= is not in the domain of d="},
      {"an identity that only ends alike",
       "@mail.example.com",
       "@badexample.com",
       "i= is not in the domain of d="},
      {"an identity without @",
       "i=@mail.example.com",
       "i=example.com",
       "i= has no @"},
      {"From not signed", "h=From : To", "h=To", "From is not signed"},
      {"nothing signed", "h=From : To;", "", "h= is missing"},
      {"too many fields",
       "h=From",
       "h=From" + replaceAll(std::string(300, ':'), ":", ":To"),
       "h= names too many fields"},
      {"a negative length", "l=10", "l=-1", "l= is not a number"},
      {"a length of 16 digits",
       "l=10",
       "l=1000000000000000",
       "l= is not a number"},
      {"an unknown canonicalisation",
       "relaxed/simple",
       "relaxed/nofws",
       "c= names no known canonicalisation"},
      {"a body hash of another size",
       "bh=47DE",
       "bh=",
       "bh= is not a SHA-256 hash"},
      {"no signature", "b=YWJj\r\n ZGVm", "b=", "b= is not base64"},
      {"garbage for a signature", "b=YWJj", "b=!", "b= is not base64"},
      {"a tag twice", "t=5", "t=5; t=5", "the field is not a list of tags"},
      {"a field without end",
       "t=5",
       "t=5; n=" + std::string(17000, 'x'),
       "the field is too long"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Signature signature;
    const auto read = readSignature(
        replaceAll(kGood, row.what, row.with), SignatureKind::Dkim, signature);
    REQUIRE_FALSE(read);
    CHECK(read.error().what == row.want);
  }
}

TEST_CASE("a signature has its time") {
  const auto check = [](std::optional<std::uint64_t> signedAt,
                        std::optional<std::uint64_t> expires) {
    Signature signature;
    signature.signedAt = signedAt;
    signature.expires = expires;
    const auto done = checkTimes(signature,
                                 TimePoint(std::chrono::seconds(10000)),
                                 std::chrono::seconds(300));
    return done ? std::string() : done.error().what;
  };
  CHECK(check({}, {}).empty());
  CHECK(check(9000, 11000).empty());
  CHECK(check(10300, {}).empty());
  CHECK(check(10301, {}) == "it was made in the future");
  CHECK(check({}, 9700).empty());
  CHECK(check({}, 9699) == "it expired");
  CHECK(check(9000, 9000) == "it expired before it was made");
  CHECK(check(0, 999999999999999) == "");
}

}  // namespace mailreeve::dkim
