#include "mgmtd/cli/quarantine_words.h"

#include <iostream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

namespace mailreeve::cli {

namespace {

using nlohmann::json;

json refused(const std::string& address, const json& alsoWaived) {
  return {{"address", address},
          {"state", "failed"},
          {"answer", "refused"},
          {"also_waived", alsoWaived},
          {"in_the_way",
           {{"check", "spam"}, {"reason", "too many"}, {"waive_as", "spam"}}}};
}

// What a person is told of a release.
std::string told(const json& recipients) {
  const std::ostringstream out;
  auto* terminal = std::cout.rdbuf(out.rdbuf());
  const Exit exit = tellFollowed(
      {}, {{"id", "7K3M"}, {"begun", true}, {"recipients", recipients}});
  std::cout.rdbuf(terminal);
  CHECK(exit == Exit::Failed);
  return out.str();
}

}  // namespace

TEST_CASE(
    "what stands in the way is told once for all whom it concerns alike") {
  const std::string alice = "alice@home.example: failed: refused\n";
  const std::string bob = "bob@home.example: failed: refused\n";
  const std::string obstacle =
      "in the way: spam: too many\n"
      "  to waive that as well: mgmtctl quarantine release 7K3M";
  CHECK(told({refused("alice@home.example", json::array()),
              refused("bob@home.example", json::array())}) ==
        alice + bob + obstacle + " --also-waive spam\n");
  CHECK(told({refused("alice@home.example", json::array()),
              refused("bob@home.example", {"dmarc"})}) ==
        alice + bob + obstacle + " --also-waive dmarc --also-waive spam\n" +
            obstacle + " --also-waive spam\n");
}

}  // namespace mailreeve::cli
