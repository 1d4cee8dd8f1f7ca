// Signs with our signer and verifies with our verifier; the conformance program
// and tests/integration compare both with other people's.
#include "core/auth/dkim/verify.h"

#include <doctest/doctest.h>

#include "core/auth/base64.h"
#include "core/auth/dkim/body_hash.h"
#include "core/auth/dkim/record.h"
#include "core/auth/dkim/sign.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"
#include "keys.h"

namespace mailreeve::dkim {

namespace {

constexpr const char* kHeader =
    "From: Alice <alice@example.com>\r\n"
    "To: bob@example.org\r\n"
    "Subject: A  folded\r\n\tsubject\r\n"
    "Date: Sun, 22 Nov 2026 04:00:00 +0000\r\n"
    "Message-ID: <1@example.com>\r\n";
constexpr const char* kBody = "Hello  Bob,\r\n\r\nbye \r\n\r\n";

struct Fixture {
  dns::ZoneResolver zone;
  ManualClock clock{TimePoint(std::chrono::seconds(1800000000))};
  SignOptions options;
  Settings settings;

  void publish(const std::string& selector,
               const PrivateKey& key,
               const std::string& more = "") {
    zone.addText(recordName(selector, "example.com"), *recordText(key) + more);
  }

  // The message with a signature of each key on top.
  std::string sign(const std::string& header,
                   const std::string& body,
                   const std::vector<SigningKey>& keys) {
    const std::string message = header + "\r\n" + body;
    const auto fields =
        Signer(clock, options).sign(auth::viewOf(message), keys);
    REQUIRE(fields);
    std::string top;
    for (const auto& field : *fields)
      top += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
    return top + message;
  }

  std::vector<Finding> verify(const std::string& message) {
    return Verifier(zone, clock, settings).verify(auth::viewOf(message), {});
  }

  // "pass", or "OUTCOME: PROBLEM", of the only signature.
  std::string outcome(const std::string& message) {
    const auto findings = verify(message);
    REQUIRE(findings.size() == 1);
    const std::string problem =
        findings[0].problem.empty() ? "" : ": " + findings[0].problem;
    return std::string(describe(findings[0].outcome)) + problem;
  }
};

SigningKey rsa() {
  return {"example.com", "rsa", rsaKey()};
}

}  // namespace

TEST_CASE("both algorithms sign at once, in every canonicalisation") {
  Fixture dkim;
  dkim.publish("rsa", *rsaKey());
  dkim.publish("ed", *ed25519Key());
  for (const auto header : {Canonical::Simple, Canonical::Relaxed})
    for (const auto body : {Canonical::Simple, Canonical::Relaxed}) {
      dkim.options.header = header;
      dkim.options.body = body;
      const auto findings = dkim.verify(dkim.sign(
          kHeader, kBody, {rsa(), {"example.com", "ed", ed25519Key()}}));
      REQUIRE(findings.size() == 2);
      CHECK(findings[0].outcome == Outcome::Pass);
      CHECK(findings[0].algorithm == "rsa-sha256");
      CHECK(findings[0].keyBits == 2048);
      CHECK(findings[0].domain == "example.com");
      CHECK(findings[0].signatureHead.size() == 8);
      CHECK(findings[1].outcome == Outcome::Pass);
      CHECK(findings[1].algorithm == "ed25519-sha256");
      CHECK(findings[1].selector == "ed");
    }
}

TEST_CASE("a message is judged by what became of it") {
  struct Row {
    std::string label;
    std::string what;
    std::string with;
    std::string want;
  };

  const std::string changed =
      "fail: the header was changed, or the key is another";
  const Row rows[] = {
      {"nothing changed", "", "", "pass"},
      {"blanks in the body", "Hello  Bob", "Hello \t Bob", "pass"},
      {"lines at the end", "bye \r\n\r\n", "bye\r\n", "pass"},
      {"a field folded anew",
       "A  folded\r\n\tsubject",
       "A folded subject",
       "pass"},
      {"a field of no interest added",
       "To: bob",
       "X-Note: a\r\nTo: bob",
       "pass"},
      {"the body", "Hello", "Hallo", "fail: the body was changed"},
      {"the subject", "subject\r\n", "Subject\r\n", changed},
      {"a second From above",
       "From: Alice",
       "From: Eve <eve@example.org>\r\nFrom: Alice",
       changed},
      {"a second Subject below",
       "Date: Sun",
       "Subject: x\r\nDate: Sun",
       changed},
      {"a Reply-To added",
       "To: bob",
       "Reply-To: eve@example.org\r\nTo: bob",
       changed},
      {"the date of the signature", "t=1800000000", "t=1799999999", changed},
  };
  Fixture dkim;
  dkim.publish("rsa", *rsaKey());
  const std::string message = dkim.sign(kHeader, kBody, {rsa()});
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string altered =
        row.what.empty() ? message : replaceAll(message, row.what, row.with);
    CHECK((row.what.empty() || altered != message));
    CHECK(dkim.outcome(altered) == row.want);
  }
}

TEST_CASE("a key decides with its record") {
  Fixture dkim;
  std::string want;
  SUBCASE("it is not there") {
    want = "permerror: there is no key";
  }
  SUBCASE("the DNS does not answer") {
    dkim.zone.fail("rsa._domainkey.example.com");
    want = "temperror: the key could not be fetched: told to fail";
  }
  SUBCASE("it is revoked") {
    dkim.zone.addText("rsa._domainkey.example.com", "v=DKIM1; p=");
    want = "permerror: the key is revoked";
  }
  SUBCASE("it is of another algorithm") {
    dkim.publish("rsa", *ed25519Key());
    want = "permerror: the key is for another algorithm";
  }
  SUBCASE("it is another key") {
    dkim.publish("rsa", *shortRsaKey());
    want = "fail: the header was changed, or the key is another";
  }
  SUBCASE("it is another key, of somebody who is trying") {
    dkim.publish("rsa", *shortRsaKey(), "; t=y");
    want = "neutral: the header was changed, or the key is another";
  }
  SUBCASE("it is the second of two records") {
    dkim.publish("rsa", *shortRsaKey());
    dkim.publish("rsa", *rsaKey());
    want = "pass";
  }
  SUBCASE("it is longer than we accept") {
    dkim.publish("rsa", *rsaKey());
    dkim.settings.maxRsaBits = 1024;
    want = "policy: an RSA key of 2048 bits";
  }
  SUBCASE("it allows no domain below, and there is none") {
    dkim.publish("rsa", *rsaKey(), "; t=s");
    want = "pass";
  }
  CHECK(dkim.outcome(dkim.sign(kHeader, kBody, {rsa()})) == want);
}

TEST_CASE("the shortest key that counts is a setting") {
  Fixture dkim;
  dkim.publish("s", *shortRsaKey());
  const auto message =
      dkim.sign(kHeader, kBody, {{"example.com", "s", shortRsaKey()}});
  CHECK(dkim.outcome(message) == "pass");
  dkim.settings.minRsaBits = 2048;
  CHECK(dkim.outcome(message) == "policy: an RSA key of 1024 bits");
}

TEST_CASE("a signature expires") {
  Fixture dkim;
  dkim.publish("rsa", *rsaKey());
  dkim.options.lifetime = std::chrono::hours(1);
  const auto message = dkim.sign(kHeader, kBody, {rsa()});
  CHECK(dkim.outcome(message) == "pass");
  dkim.clock.advance(std::chrono::hours(2));
  CHECK(dkim.outcome(message) == "permerror: it expired");
}

TEST_CASE("signatures beyond a number are not looked at") {
  Fixture dkim;
  dkim.publish("ed", *ed25519Key());
  dkim.settings.maxSignatures = 3;
  const std::vector<SigningKey> keys(
      5, SigningKey{"example.com", "ed", ed25519Key()});
  CHECK(dkim.verify(dkim.sign(kHeader, kBody, keys)).size() == 3);
}

TEST_CASE("each signature is judged by itself") {
  Fixture dkim;
  dkim.publish("ed", *ed25519Key());
  const auto findings = dkim.verify(
      "DKIM-Signature: nonsense\r\n" +
      dkim.sign(kHeader, kBody, {rsa(), {"example.com", "ed", ed25519Key()}}));
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].outcome == Outcome::PermError);
  CHECK(findings[0].domain.empty());
  CHECK(findings[1].outcome == Outcome::PermError);
  CHECK(findings[2].outcome == Outcome::Pass);
}

TEST_CASE("a message without signature has no findings") {
  Fixture dkim;
  CHECK(dkim.verify(std::string(kHeader) + "\r\n" + kBody).empty());
}

TEST_CASE("a message that has not one From is not signed") {
  Fixture dkim;
  for (const std::string header :
       {"To: b@example.org\r\n\r\n", "From: a@b.c\r\nFROM: d@e.f\r\n\r\n"}) {
    const auto fields = Signer(dkim.clock).sign(auth::viewOf(header), {rsa()});
    CHECK_FALSE(fields);
  }
}

TEST_CASE("the fields that matter are signed once more than they are there") {
  const std::string message =
      "Received: x\r\nFrom: a@b.c\r\nCc: x@y.z\r\nCC: d@e.f\r\n"
      "List-Id: <l>\r\n\r\n";
  const auto names = chooseFields(auth::viewOf(message), {});
  const auto count = [&names](const std::string& name) {
    return std::count(names.begin(), names.end(), name);
  };
  CHECK(count("from") == 2);
  CHECK(count("cc") == 3);
  CHECK(count("subject") == 1);
  CHECK(count("list-id") == 1);
  CHECK(count("received") == 0);
  CHECK(count("sender") == 0);
}

TEST_CASE("a body that goes on beyond l= does not pass") {
  // RFC 6376 section 8.2. We never write l=, so its owner's key signs here.
  Fixture dkim;
  dkim.publish("rsa", *rsaKey());
  const Sha256 sha256;
  const std::string body = "Hello\r\n";
  const auto message = [&](const std::string& length,
                           const std::string& added) {
    const std::string unsignedField =
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
        "d=example.com; s=rsa; h=from; l=" +
        length + "; bh=" + auth::encodeBase64(sha256.digest(body)) + "; b=";
    std::string data = "from:a@example.com\r\n";
    appendHeader(data, unsignedField, Canonical::Relaxed);
    const auto signature = rsaKey()->sign(sha256, sha256.digest(data));
    REQUIRE(signature);
    return unsignedField + auth::encodeBase64(*signature) +
           "\r\nFrom: a@example.com\r\n\r\n" + body + added;
  };
  CHECK(dkim.outcome(message("7", "")) == "pass");
  CHECK(dkim.outcome(message("7", "\r\n\r\n")) == "pass");
  CHECK(dkim.outcome(message("7", "Buy!\r\n")) ==
        "policy: the body goes on beyond l=");
  CHECK(dkim.outcome(message("8", "")) ==
        "permerror: l= is longer than the body");
  dkim.settings.acceptPartialBody = true;
  CHECK(dkim.outcome(message("7", "Buy!\r\n")) == "pass");
}

}  // namespace mailreeve::dkim
