#include "core/dns/unbound_resolver.h"

#include <doctest/doctest.h>

#include "loopback_server.h"

namespace mailreeve::dns {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Deadline in(milliseconds time) {
  return steady_clock::now() + time;
}

// Long enough for a busy machine; no passing test waits for it.
Deadline patient() {
  return in(std::chrono::seconds(20));
}

struct Fixture {
  LoopbackServer server;
  std::unique_ptr<UnboundResolver> resolver = connect(server);

  static std::unique_ptr<UnboundResolver> connect(
      const LoopbackServer& server) {
    auto made = UnboundResolver::create({.forwarders = {server.address()}});
    REQUIRE(made);
    return *std::move(made);
  }
};

std::string tell(const Answer& answer) {
  if (answer.status != Status::Found)
    return std::string(describe(answer.status));
  std::string out;
  for (const auto& text : answer.texts) out += "[" + text + "]";
  for (const auto& ip : answer.addresses) out += "[" + ip.text() + "]";
  for (const auto& mx : answer.exchanges)
    out += "[" + std::to_string(mx.preference) + " " + mx.host + "]";
  for (const auto& name : answer.names) out += "[" + name + "]";
  return out;
}

std::string bigText() {
  std::string text;
  for (int i = 0; i < 12; ++i)
    text += std::string(250, static_cast<char>('a' + i));
  return text;
}

}  // namespace

TEST_CASE("a name server's answers are understood") {
  struct Row {
    std::string label;
    std::string name;
    Type type;
    std::string want;
  };

  const Row rows[] = {
      {"a text", "ok.example.org", Type::Txt, "[v=test ok]"},
      {"a name in capitals", "OK.Example.org.", Type::Txt, "[v=test ok]"},
      {"texts of several strings",
       "many.example.org",
       Type::Txt,
       "[one record][another]"},
      {"an address", "ok.example.org", Type::A, "[127.0.0.2]"},
      {"a mail exchange", "ok.example.org", Type::Mx, "[10 mx.ok.example.org]"},
      {"a pointer", "ok.example.org", Type::Ptr, "[host.ok.example.org]"},
      {"no such name", "nx.example.org", Type::Txt, "no such name"},
      {"no such record", "nodata.example.org", Type::Txt, "no such record"},
      {"truncated, so asked again over TCP",
       "tc.example.org",
       Type::Txt,
       "[v=test tc]"},
      {"3 kB of text", "big.example.org", Type::Txt, "[" + bigText() + "]"},
      {"slow, but in time", "slow.example.org", Type::Txt, "[v=test slow]"},
      {"a label that is too long",
       std::string(64, 'a') + ".example.org",
       Type::Txt,
       "no such name"},
      {"a name of a test network", "ok.lab.test", Type::A, "[127.0.0.2]"},
      {"a private network's own name",
       "ok.168.192.in-addr.arpa",
       Type::Ptr,
       "[host.ok.168.192.in-addr.arpa]"},
      {"an empty label", "ok..example.org", Type::Txt, "no such name"},
      {"a label with a backslash, a quote and a blank",
       "a\\b\"c d.example.org",
       Type::Txt,
       "[v=test a\\b\"c d]"},
      {"a label with bytes above ASCII and a zero",
       std::string("\xc3\xbc\0x", 4) + ".example.org",
       Type::Txt,
       "[v=test " + std::string("\xc3\xbc\0x", 4) + "]"},
  };
  Fixture dns;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(tell(dns.resolver->lookup(row.name, row.type, patient())) ==
          row.want);
  }
}

TEST_CASE("a name server in trouble is a temporary failure, in time") {
  struct Row {
    std::string label;
    std::string name;
  };

  const Row rows[] = {
      {"nothing comes", "drop.example.org"},
      {"SERVFAIL", "servfail.example.org"},
      {"REFUSED", "refused.example.org"},
      {"no DNS message", "garbage.example.org"},
      {"truncated, and TCP is silent", "mute-tc.example.org"},
      {"a record that cannot be read", "broken.example.org"},
      {"slower than we wait", "slow.example.org"},
  };
  Fixture dns;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto start = steady_clock::now();
    const auto answer =
        dns.resolver->lookup(row.name, Type::Txt, in(milliseconds(100)));
    CHECK(answer.status == Status::Failed);
    CHECK_FALSE(answer.problem.empty());
    CHECK(steady_clock::now() - start < std::chrono::seconds(5));
  }
}

TEST_CASE("a name server that is not there is a temporary failure, in time") {
  // Port 9 of loopback: nobody listens.
  auto resolver = UnboundResolver::create({.forwarders = {"127.0.0.1@9"}});
  REQUIRE(resolver);
  const auto start = steady_clock::now();
  const auto answer =
      (*resolver)->lookup("ok.example.org", Type::Txt, in(milliseconds(200)));
  CHECK(answer.status == Status::Failed);
  CHECK(steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("questions of one message share its deadline") {
  Fixture dns;
  std::vector<std::unique_ptr<Query>> queries;
  const auto deadline = in(milliseconds(200));
  const auto start = steady_clock::now();
  for (int i = 0; i < 50; ++i)
    queries.push_back(dns.resolver->start(
        "drop.n" + std::to_string(i) + ".example.org", Type::Txt));
  for (const auto& query : queries)
    CHECK(query->wait(deadline).status == Status::Failed);
  CHECK(steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("a question is asked once, then answered from the cache") {
  Fixture dns;
  for (int i = 0; i < 5; ++i)
    REQUIRE(
        dns.resolver->lookup("ok.example.org", Type::Txt, patient()).status ==
        Status::Found);
  CHECK(dns.server.questions() == 1);
}

TEST_CASE("a name server that comes back is believed again") {
  Fixture dns;
  dns.server.setDead(true);
  CHECK(dns.resolver->lookup("a.example.org", Type::Txt, in(milliseconds(100)))
            .status == Status::Failed);
  dns.server.setDead(false);
  CHECK(dns.resolver->lookup("b.example.org", Type::Txt, patient()).status ==
        Status::Found);
}

TEST_CASE("a question that nobody waits for is dropped") {
  Fixture dns;
  for (int i = 0; i < 100; ++i)
    (void)dns.resolver->start("drop.n" + std::to_string(i) + ".example.org",
                              Type::Txt);
  CHECK(dns.resolver->lookup("ok.example.org", Type::Txt, patient()).status ==
        Status::Found);
}

TEST_CASE("many threads share one resolver") {
  Fixture dns;
  std::atomic<int> found = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&dns, &found, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string name =
            "t" + std::to_string(t) + "-" + std::to_string(i % 10);
        const auto answer =
            dns.resolver->lookup(name + ".example.org", Type::Txt, patient());
        if (tell(answer) == "[v=test " + name + "]") ++found;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(found == 400);
}

TEST_CASE("a forwarder that is no address is refused") {
  const auto resolver =
      UnboundResolver::create({.forwarders = {"dns.example"}});
  REQUIRE_FALSE(resolver);
  CHECK(resolver.error().what == "DNS: forwarder dns.example: syntax error");
}

}  // namespace mailreeve::dns
