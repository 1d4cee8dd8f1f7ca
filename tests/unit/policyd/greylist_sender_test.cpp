#include "policyd/greylist_sender.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve::policyd {

TEST_CASE("a sender is the same from message to message") {
  struct Row {
    std::string label;
    std::string address;
    std::string want;
  };

  const Row rows[] = {
      {"nothing changes in it", "alice@far.example", "alice@far.example"},
      {"the null sender", "", ""},
      {"serial numbers",
       "bounce-4711-00233@list.example",
       "bounce-#-#@list.example"},
      {"numbers in a domain are its own", "a@mx1.example", "a@mx1.example"},
      {"BATV", "prvs=0123456789=bob@far.example", "bob@far.example"},
      {"BATV without a local part",
       "prvs=012@far.example",
       "prvs=#@far.example"},
      {"another signed form",
       "btv1==012abc==bob@far.example",
       "bob@far.example"},
      {"SRS0",
       "srs0=hh4h=tt=far.example=bob@fwd.example",
       "srs#=far.example=bob@fwd.example"},
      {"SRS0 with another separator",
       "srs0-hh4h=tt=far.example=bob@fwd.example",
       "srs#=far.example=bob@fwd.example"},
      {"SRS1",
       "srs1=zzz=fwd.example==hhh=tt=far.example=bob@again.example",
       "srs#=fwd.example=far.example=bob@again.example"},
      {"SRS that is none", "srs0=x@fwd.example", "srs#=x@fwd.example"},
      {"no domain", "root", "root"},
      {"longer than any address",
       std::string(1000, 'a') + "@" + std::string(1000, 'b'),
       std::string(64, 'a') + "@" + std::string(255, 'b')},
      {"longer, without a domain",
       std::string(1000, 'a'),
       std::string(64, 'a')},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(greylistSender(row.address) == row.want);
  }
}

TEST_CASE("hosts of one network are one origin") {
  CHECK(networkOf(*parseIp("192.0.2.77")) == "192.0.2.0/24");
  CHECK(networkOf(*parseIp("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64");
  CHECK(networkOf(*parseIp("::ffff:192.0.2.77")) == "192.0.2.0/24");
}

}  // namespace mailreeve::policyd
