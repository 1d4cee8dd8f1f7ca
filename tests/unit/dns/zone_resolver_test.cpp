#include "core/dns/zone_resolver.h"

#include <doctest/doctest.h>

namespace mailreeve::dns {

TEST_CASE("a zone answers as a name server would") {
  ZoneResolver zone;
  zone.addText("a.example.com", "text");
  zone.addAlias("alias.example.com", "A.example.com.");
  zone.addAlias("round.example.com", "round.example.com");
  zone.addExchange("example.com", 5, "MX.example.com.");
  zone.fail("broken.example.com", Type::A);
  zone.addAddress("v6.example.com", "2001:db8::1");

  const auto ask = [&zone](std::string_view name, Type type) {
    return zone.lookup(name, type, Deadline{});
  };
  CHECK(ask("A.EXAMPLE.com", Type::Txt).texts[0] == "text");
  CHECK(ask("alias.example.com", Type::Txt).texts[0] == "text");
  CHECK(ask("round.example.com", Type::Txt).status == Status::Failed);
  CHECK(ask("example.com", Type::Mx).exchanges[0].host == "mx.example.com");
  CHECK(ask("a.example.com", Type::A).status == Status::NoData);
  CHECK(ask("com", Type::A).status == Status::NoData);
  CHECK(ask("b.example.com", Type::A).status == Status::NoDomain);
  CHECK(ask("broken.example.com", Type::A).status == Status::Failed);
  CHECK(ask("v6.example.com", Type::Aaaa).addresses.size() == 1);
}

}  // namespace mailreeve::dns
