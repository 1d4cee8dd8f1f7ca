#include "core/auth/spf/record.h"

#include <doctest/doctest.h>

namespace mailreeve::spf {

TEST_CASE("an SPF record is told from other texts") {
  CHECK(isRecord("v=spf1"));
  CHECK(isRecord("V=SPF1 -all"));
  CHECK_FALSE(isRecord("v=spf10 -all"));
  CHECK_FALSE(isRecord("v=spf1\t-all"));
  CHECK_FALSE(isRecord(" v=spf1"));
  CHECK_FALSE(isRecord(""));
}

TEST_CASE("a record is read term by term") {
  const auto record = parseRecord(
      "v=spf1  A:mail.example.com/24//64 ~ip6:2001:db8::/32 ?mx/16 "
      "redirect=%{d}.example.net exp=why.example.com unknown=%{s} -all");
  REQUIRE(record);
  REQUIRE(record->mechanisms.size() == 4);
  const auto& a = record->mechanisms[0];
  CHECK(a.kind == Mechanism::Kind::A);
  CHECK(a.qualifier == Outcome::Pass);
  CHECK(a.domain == "mail.example.com");
  CHECK(a.prefix4 == 24);
  CHECK(a.prefix6 == 64);
  const auto& ip6 = record->mechanisms[1];
  CHECK(ip6.qualifier == Outcome::SoftFail);
  CHECK(ip6.address.text() == "2001:db8::");
  CHECK(ip6.prefix6 == 32);
  CHECK(record->mechanisms[2].prefix4 == 16);
  CHECK(record->mechanisms[3].text == "-all");
  CHECK(record->redirect == "%{d}.example.net");
  CHECK(record->explanation == "why.example.com");
}

TEST_CASE("one wrong term makes the record void, and is named") {
  struct Row {
    std::string label;
    std::string term;
  };

  const Row rows[] = {
      {"an unknown mechanism", "moo"},
      {"a misspelt qualifier", "!all"},
      {"all with an argument", "all:example.com"},
      {"include of nothing", "include"},
      {"include with a prefix", "include:example.com/24"},
      {"an address that is none", "ip4:1.2.3"},
      {"IPv6 in ip4", "ip4:::ffff:1.2.3.4"},
      {"a prefix that is too long", "ip4:1.2.3.4/33"},
      {"a prefix with a leading zero", "ip4:1.2.3.4/032"},
      {"a second prefix that is too long", "a//129"},
      {"an IPv6 prefix in ip4", "ip4:1.2.3.4//32"},
      {"exists without a name", "exists:"},
      {"a name whose end is a number", "a:1.2.3.4"},
      {"redirect of nothing", "redirect="},
      {"a modifier whose name is none", "=x"},
      {"a wrong macro in an unknown modifier", "a=%{"},
      {"a term without end", "exists:" + std::string(3000, 'a') + ".com"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto record = parseRecord("v=spf1 mx " + row.term + " -all");
    REQUIRE_FALSE(record);
    CHECK(record.error().what == "\"" + row.term.substr(0, 100) + "\"");
  }
  CHECK_FALSE(parseRecord("v=spf1 exp=a.example exp=b.example"));
  CHECK_FALSE(parseRecord("v=spf1 -all \xc3\xbc"));
}

}  // namespace mailreeve::spf
