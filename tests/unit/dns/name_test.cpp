#include "core/dns/name.h"

#include <doctest/doctest.h>

namespace mailreeve::dns {

TEST_CASE("what can be a name is told from what cannot") {
  struct Row {
    std::string label;
    std::string name;
    bool want;
  };

  const std::string label63(63, 'a');
  const std::string name253 =
      label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
  const Row rows[] = {
      {"two labels", "example.com", true},
      {"one label", "com", true},
      {"a trailing dot", "example.com.", true},
      {"an underscore", "_dmarc.example.com", true},
      {"a label of 63", label63 + ".com", true},
      {"a label of 64", "a" + label63 + ".com", false},
      {"253 octets", name253, true},
      {"253 octets and the trailing dot", name253 + ".", true},
      {"254 octets", name253 + "b", false},
      {"an empty label", "a..b", false},
      {"a dot in front", ".a", false},
      {"two dots at the end", "a..", false},
      {"nothing", "", false},
      {"the root", ".", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(isName(row.name) == row.want);
  }
}

TEST_CASE("a name is the same or below by whole labels") {
  CHECK(isSameOrBelow("a.example.com", "example.com"));
  CHECK(isSameOrBelow("Example.COM.", "example.com"));
  CHECK(isSameOrBelow("a.b.c", "C."));
  CHECK_FALSE(isSameOrBelow("badexample.com", "example.com"));
  CHECK_FALSE(isSameOrBelow("com", "example.com"));
  CHECK_FALSE(isSameOrBelow("example.com", ""));
}

TEST_CASE("names are cut up by labels") {
  CHECK(labelCount("a.b.example.com.") == 4);
  CHECK(labelCount("") == 0);
  CHECK(parentOf("a.b.c") == "b.c");
  CHECK(parentOf("c").empty());
}

TEST_CASE("the name of an address is its bytes backwards") {
  CHECK(reverseName(*parseIp("192.0.2.1")) == "1.2.0.192.in-addr.arpa");
  CHECK(reverseName(*parseIp("2001:db8::567:89ab")) ==
        "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
        "ip6.arpa");
}

TEST_CASE("the names under which DNS lists know a client") {
  CHECK(dnsListName(*parseIp("192.0.2.99"), "bl.example") ==
        "99.2.0.192.bl.example");
  CHECK(dnsListName(*parseIp("2001:db8::1"), "bl.example") ==
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
        "bl.example");
}

}  // namespace mailreeve::dns
