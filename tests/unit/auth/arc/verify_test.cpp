#include "core/auth/arc/verify.h"

#include <doctest/doctest.h>

#include "../dkim/keys.h"
#include "core/auth/arc/sign.h"
#include "core/auth/dkim/record.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

namespace mailreeve::arc {

namespace {

using dkim::Outcome;

constexpr const char* kMessage =
    "From: alice@example.com\r\nTo: list@lists.example\r\n"
    "Subject: Hello\r\n\r\nHi\r\n";

// Servers that forward a message to each other, each with its seal.
struct Fixture {
  dns::ZoneResolver zone;
  ManualClock clock{TimePoint(std::chrono::seconds(1800000000))};

  Fixture() {
    for (const std::string domain : {"lists.example", "school.example"})
      zone.addText(dkim::recordName("arc", domain),
                   *dkim::recordText(*dkim::rsaKey()));
  }

  Finding verify(const std::string& message) {
    return Verifier(zone, clock).verify(auth::viewOf(message), {});
  }

  std::vector<mail::Header> sealFields(const std::string& message,
                                       const std::string& domain) {
    const auto fields = Sealer(clock).seal(auth::viewOf(message),
                                           verify(message),
                                           {domain, "arc", dkim::rsaKey()},
                                           "mx." + domain + "; dmarc=pass");
    REQUIRE(fields);
    return *fields;
  }

  std::string seal(const std::string& message, const std::string& domain) {
    std::string top;
    for (const auto& field : sealFields(message, domain))
      top += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
    return top + message;
  }
};

}  // namespace

TEST_CASE("a message that nobody sealed has no chain") {
  Fixture arc;
  const auto finding = arc.verify(kMessage);
  CHECK(finding.outcome == Outcome::None);
  CHECK(finding.hops.empty());
}

TEST_CASE("a chain says who sealed, and what they found") {
  Fixture arc;
  const auto twice =
      arc.seal(arc.seal(kMessage, "lists.example"), "school.example");
  const auto finding = arc.verify(twice);
  CHECK(finding.problem == "");
  REQUIRE(finding.outcome == Outcome::Pass);
  REQUIRE(finding.hops.size() == 2);
  CHECK(finding.hops[0].sealer == "lists.example");
  CHECK(finding.hops[0].results == "mx.lists.example; dmarc=pass");
  CHECK(finding.hops[1].sealer == "school.example");
}

TEST_CASE("a chain that was tampered with fails") {
  struct Row {
    std::string label;
    std::string what;
    std::string with;
    std::string want;
  };

  const std::string changed = "the header was changed, or the key is another";
  const Row rows[] = {
      {"the body",
       "Hi\r\n",
       "Ho\r\n",
       "ARC-Message-Signature 2: the body was changed"},
      {"the results of the first",
       "mx.lists.example; dmarc=pass",
       "mx.lists.example; dmarc=fail",
       "ARC-Seal 1: " + changed},
      {"the results of the last",
       "mx.school.example; dmarc=pass",
       "mx.school.example; dmarc=none",
       "ARC-Seal 2: " + changed},
      {"a set that goes missing",
       "ARC-Seal: a=rsa-sha256; b=",
       "X: b=",
       "set 1 is not complete"},
      {"a number that is none",
       "ARC-Authentication-Results: i=1",
       "ARC-Authentication-Results: i=0",
       "ARC-Authentication-Results does not begin with i="},
      {"a number that is missing",
       "ARC-Authentication-Results: i=1",
       "ARC-Authentication-Results: i=3",
       "set 1 is not complete"},
      {"two of one kind",
       "ARC-Authentication-Results: i=1",
       "ARC-Authentication-Results: i=2",
       "set 2 has two ARC-Authentication-Results"},
      {"a seal over a broken chain",
       "cv=pass",
       "cv=fail",
       "a seal says that the chain was broken"},
  };
  Fixture arc;
  const auto message =
      arc.seal(arc.seal(kMessage, "lists.example"), "school.example");
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto altered = replaceAll(message, row.what, row.with);
    REQUIRE(altered != message);
    const auto finding = arc.verify(altered);
    CHECK(finding.outcome == Outcome::Fail);
    CHECK(finding.problem == row.want);
  }
}

TEST_CASE("a key that cannot be fetched is no failure of the chain") {
  Fixture arc;
  const auto message = arc.seal(kMessage, "lists.example");
  arc.zone.fail("arc._domainkey.lists.example");
  CHECK(arc.verify(message).outcome == Outcome::TempError);
  CHECK(arc.sealFields(message, "school.example").empty());
}

TEST_CASE("a broken chain is put on record once") {
  Fixture arc;
  const auto broken =
      replaceAll(arc.seal(kMessage, "lists.example"), "Hi\r\n", "Ho\r\n");
  const auto fields = arc.sealFields(broken, "school.example");
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].name == "ARC-Seal");
  CHECK(fields[0].value.find("cv=fail") != std::string::npos);
  CHECK(fields[1].name == "ARC-Message-Signature");
  CHECK(fields[2].name == "ARC-Authentication-Results");
  CHECK(arc.sealFields(arc.seal(broken, "school.example"), "lists.example")
            .empty());
}

TEST_CASE("a chain has at most 50 sets") {
  Fixture arc;
  std::string message = kMessage;
  for (int i = 0; i < 50; ++i) message = arc.seal(message, "lists.example");
  CHECK(arc.verify(message).hops.size() == 50);
  CHECK(arc.sealFields(message, "lists.example").empty());
}

}  // namespace mailreeve::arc
