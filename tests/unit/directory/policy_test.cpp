#include "core/directory/policy.h"

#include <doctest/doctest.h>

#include "core/config/load.h"

namespace mailreeve::directory {

namespace {

Policy policyOf(const std::string& yaml) {
  auto loaded = config::parse({{"mail.yaml", yaml, false}});
  std::string problems;
  for (const auto& p : loaded.problems) problems += p.text() + "\n";
  REQUIRE(problems == "");
  return Policy(std::move(loaded.settings));
}

const std::string kYaml =
    "server: {hostname: mail.example.com, max_message_size: 20M}\n"
    "networks: {trusted: [192.0.2.0/24]}\n"
    "domains:\n"
    "  - name: bücher.example\n"
    "    additional: [books.example]\n"
    "    auto_forwarding: false\n"
    "    limits: {daily_messages: 500, message_size: 10M}\n"
    "  - name: example.com\n"
    "policies:\n"
    "  - {name: board, users: [boss@books.example], daily_messages: 0}\n"
    "  - {name: books, users: ['*@xn--bcher-kva.example'], imap: false}\n"
    "  - {name: late, users: [boss@books.example], pop3: false}\n"
    "default_policy: {pop3: false, internal_only: true}\n";

}  // namespace

TEST_CASE("an address gives one mailbox key however it is written") {
  const Policy policy = policyOf(kYaml);
  for (const std::string address : {"alice@bücher.example",
                                    "Alice@BÜCHER.example",
                                    "alice+news@xn--bcher-kva.example",
                                    "ALICE@books.example."}) {
    CAPTURE(address);
    CHECK(policy.mailboxKey(address) == "alice@xn--bcher-kva.example");
  }
  CHECK(policy.mailboxKey("Bob+x@Elsewhere.example") ==
        "bob@elsewhere.example");
  CHECK(policy.domainOfAddress("x@elsewhere.example") == nullptr);
  CHECK(policy.domainOfAddress("x@BOOKS.example")->name == "bücher.example");
  CHECK(policy.domainOfAddress("postmaster") == nullptr);
}

TEST_CASE("the first policy that names a user applies, then the domain") {
  const Policy policy = policyOf(kYaml);

  const EffectiveUser boss = policy.effective("Boss@books.example");
  CHECK(boss.policy == "board");
  CHECK(boss.dailyMessages.value == 0);
  CHECK(boss.dailyMessages.from == "policy board");
  CHECK(boss.imap.value);
  CHECK_FALSE(boss.pop3.value);
  CHECK(boss.pop3.from == "default policy");

  const EffectiveUser alice = policy.effective("alice@books.example");
  CHECK(alice.policy == "books");
  CHECK_FALSE(alice.imap.value);
  CHECK(alice.imap.from == "policy books");
  CHECK(alice.dailyMessages.value == 500);
  CHECK(alice.dailyMessages.from == "domain bücher.example");
  CHECK_FALSE(alice.autoForwarding.value);
  CHECK(alice.messageSize.value == 10 << 20);

  const EffectiveUser bob = policy.effective("bob@example.com");
  CHECK(bob.policy.empty());
  CHECK(bob.imap.from == "built in");
  CHECK(bob.internalOnly.value);
  CHECK_FALSE(bob.autoForwarding.value);  // It would be a way out.
  CHECK(bob.autoForwarding.from == bob.internalOnly.from);
  CHECK(bob.messageSize.value == 20 << 20);
  CHECK(bob.messageSize.from == "server");
}

TEST_CASE("outbound is who logged in or may relay") {
  const Policy policy = policyOf(kYaml);
  CHECK(policy.isOutbound("alice@example.com", "203.0.113.1"));
  CHECK(policy.isOutbound("", "192.0.2.7"));
  CHECK(policy.isOutbound("", "::ffff:192.0.2.7"));
  CHECK(policy.isOutbound("", "127.0.0.53"));
  CHECK(policy.isOutbound("", "::1"));
  CHECK_FALSE(policy.isOutbound("", "203.0.113.1"));
  CHECK_FALSE(policy.isOutbound("", "10.0.0.1"));
  CHECK(policy.isLocalNetwork("10.0.0.1"));
  CHECK_FALSE(policy.isLocalNetwork("unknown"));
}

}  // namespace mailreeve::directory
