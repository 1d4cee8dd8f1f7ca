#include "core/base/network.h"

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("networks are read in every form an administrator writes") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;  // Network, or the error.
  };

  const Row rows[] = {
      {"prefix length", "192.0.2.0/24", "192.0.2.0/24"},
      {"netmask", "192.0.2.0/255.255.255.0", "192.0.2.0/24"},
      {"a single address", "192.0.2.7", "192.0.2.7/32"},
      {"IPv6", "2001:DB8::/32", "2001:db8::/32"},
      {"everything", "0.0.0.0/0", "0.0.0.0/0"},
      {"host bits set",
       "192.0.2.7/24",
       "\"192.0.2.7/24\" has host bits set; is 192.0.2.0/24 meant?"},
      {"a mask with holes",
       "192.0.2.0/255.0.255.0",
       "\"192.0.2.0/255.0.255.0\" has no valid prefix length (0..32)"},
      {"prefix too long",
       "192.0.2.0/33",
       "\"192.0.2.0/33\" has no valid prefix length (0..32)"},
      {"a name", "localhost", "\"localhost\" is not an address or network"},
      {"a zone id",
       "fe80::1%eth0",
       "\"fe80::1%eth0\" is not an address or network"},
      {"nothing", "", "\"\" is not an address or network"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = parseNetwork(row.text);
    CHECK((got ? got->text() : got.error().what) == row.want);
  }
}

TEST_CASE("the longest network that holds an address wins") {
  NetworkSet set;
  set.add(*parseNetwork("10.0.0.0/8"), 1);
  set.add(*parseNetwork("10.1.0.0/16"), 2);
  set.add(*parseNetwork("10.1.2.3"), 3);
  set.add(*parseNetwork("2001:db8::/32"), 4);

  CHECK(set.find(*parseIp("10.9.9.9")) == 1);
  CHECK(set.find(*parseIp("10.1.9.9")) == 2);
  CHECK(set.find(*parseIp("10.1.2.3")) == 3);
  CHECK(set.find(*parseIp("2001:db8::1")) == 4);
  CHECK(set.find(*parseIp("11.0.0.1")) == NetworkSet::kNone);
  CHECK(set.find(*parseIp("2001:db9::1")) == NetworkSet::kNone);
}

TEST_CASE("an IPv4 address mapped into IPv6 is the IPv4 address") {
  NetworkSet set;
  set.add(*parseNetwork("192.0.2.0/24"));
  CHECK(set.contains("::ffff:192.0.2.9"));
  CHECK_FALSE(set.contains("::ffff:198.51.100.9"));
  CHECK_FALSE(set.contains("not an address"));
}

TEST_CASE("the network of everything holds everything of its family") {
  NetworkSet set;
  set.add(*parseNetwork("::/0"));
  CHECK(set.contains("2001:db8::1"));
  CHECK_FALSE(set.contains("192.0.2.1"));
}

}  // namespace mailreeve
