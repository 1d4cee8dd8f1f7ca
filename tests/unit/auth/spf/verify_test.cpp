#include "core/auth/spf/verify.h"

#include <doctest/doctest.h>

#include "core/dns/zone_resolver.h"

namespace mailreeve::spf {

namespace {

struct Fixture {
  dns::ZoneResolver zone;
  ManualClock clock{TimePoint(std::chrono::seconds(1800000000))};
  Verifier verifier{zone, clock, "mx.example.org"};

  Finding verify(const std::string& client,
                 const std::string& mailFrom,
                 const std::string& helo = "helo.example.net") {
    return verifier.verify({*parseIp(client), helo, mailFrom}, {});
  }
};

}  // namespace

TEST_CASE("a client is judged by the sender's domain") {
  Fixture spf;
  spf.zone.addText("example.com",
                   "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 "
                   "include:other.example ~ip4:198.51.100.0/24 -all");
  spf.zone.addText("other.example", "v=spf1 a -all");
  spf.zone.addAddress("other.example", "203.0.113.5");
  spf.zone.addText("silent.example", "unrelated");
  spf.zone.addText("twice.example", "v=spf1 -all");
  spf.zone.addText("twice.example", "v=spf1 +all");
  spf.zone.addText("loop.example", "v=spf1 include:loop.example -all");
  spf.zone.addText("open.example", "v=spf1");
  spf.zone.addText("helo.example.net", "v=spf1 +ip4:192.0.2.1 -all");
  spf.zone.fail("down.example");
  spf.zone.addText("leans.example", "v=spf1 include:down.example -all");

  struct Row {
    std::string label;
    std::string client;
    std::string mailFrom;
    std::string want;
    std::string mechanism;
  };

  const Row rows[] = {
      {"listed", "192.0.2.9", "a@example.com", "pass", "ip4:192.0.2.0/24"},
      {"IPv4 in IPv6",
       "::ffff:192.0.2.9",
       "a@EXAMPLE.com",
       "pass",
       "ip4:192.0.2.0/24"},
      {"IPv6", "2001:db8::9", "a@example.com", "pass", "ip6:2001:db8::/32"},
      {"included",
       "203.0.113.5",
       "a@example.com",
       "pass",
       "include:other.example"},
      {"not listed", "10.0.0.1", "a@example.com", "fail", "-all"},
      {"softly not listed",
       "198.51.100.7",
       "a@example.com",
       "softfail",
       "~ip4:198.51.100.0/24"},
      {"no opinion", "10.0.0.1", "a@open.example", "neutral", ""},
      {"no record", "10.0.0.1", "a@silent.example", "none", ""},
      {"no such domain", "10.0.0.1", "a@void.example", "none", ""},
      {"two records", "10.0.0.1", "a@twice.example", "permerror", ""},
      {"includes itself", "10.0.0.1", "a@loop.example", "permerror", ""},
      {"DNS is down", "10.0.0.1", "a@down.example", "temperror", ""},
      {"DNS of an include is down",
       "10.0.0.1",
       "a@leans.example",
       "temperror",
       ""},
      {"an address literal", "10.0.0.1", "a@[10.0.0.1]", "none", ""},
      {"one label", "10.0.0.1", "a@localhost", "none", ""},
      {"no @", "192.0.2.9", "example.com", "pass", "ip4:192.0.2.0/24"},
      {"the null sender, by its HELO",
       "192.0.2.1",
       "",
       "pass",
       "+ip4:192.0.2.1"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto finding = spf.verify(row.client, row.mailFrom);
    CHECK(describe(finding.outcome) == row.want);
    CHECK(finding.mechanism == row.mechanism);
    const bool error = finding.outcome == Outcome::TempError ||
                       finding.outcome == Outcome::PermError;
    CHECK(finding.problem.empty() != error);
    CHECK(finding.heloJudged == row.mailFrom.empty());
  }
}

TEST_CASE("an explanation says what the domain wants said") {
  Fixture spf;
  spf.zone.addText("example.com", "v=spf1 exp=why.example.com -all");
  spf.zone.addText("why.example.com",
                   "%{i} is not one of %{d}'s, says %{r} at %{t}");
  CHECK(spf.verify("10.0.0.1", "a@example.com").explanation ==
        "10.0.0.1 is not one of example.com's, says mx.example.org at "
        "1800000000");
}

TEST_CASE("an explanation that breaks off, or none, does no harm") {
  Fixture spf;
  spf.zone.addText("example.com", "v=spf1 exp=why.example.com -all");
  SUBCASE("none there") {}
  SUBCASE("the DNS does not answer") {
    spf.zone.fail("why.example.com");
  }
  SUBCASE("a wrong macro") {
    spf.zone.addText("why.example.com", "%{z}");
  }
  SUBCASE("two of them") {
    spf.zone.addText("why.example.com", "a");
    spf.zone.addText("why.example.com", "b");
  }
  const auto finding = spf.verify("10.0.0.1", "a@example.com");
  CHECK(finding.outcome == Outcome::Fail);
  CHECK(finding.explanation.empty());
}

TEST_CASE("a record cannot make us ask without end") {
  Fixture spf;
  std::string eleven = "v=spf1";
  for (int i = 0; i < 11; ++i) {
    eleven += " a:h" + std::to_string(i) + ".example.com";
    spf.zone.addAddress("h" + std::to_string(i) + ".example.com", "192.0.2.1");
  }
  spf.zone.addText("many.example", eleven + " -all");
  spf.zone.addText("void.example",
                   "v=spf1 a:x.void.example a:y.void.example "
                   "a:z.void.example -all");
  for (int i = 0; i < 11; ++i)
    spf.zone.addExchange("mx.example", 5, "m" + std::to_string(i) + ".example");
  spf.zone.addText("mx.example", "v=spf1 mx -all");

  const auto many = spf.verify("10.0.0.1", "a@many.example");
  CHECK(many.outcome == Outcome::PermError);
  CHECK(many.problem == "too many DNS lookups");
  const auto empty = spf.verify("10.0.0.1", "a@void.example");
  CHECK(empty.outcome == Outcome::PermError);
  CHECK(empty.problem == "too many DNS answers are empty");
  const auto exchanges = spf.verify("10.0.0.1", "a@mx.example");
  CHECK(exchanges.outcome == Outcome::PermError);
}

}  // namespace mailreeve::spf
