#include "mgmtd/cli/access_table.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/unit/cli/list_line_text.h"

namespace mailreeve::cli {

namespace {

std::string access(const std::string& map, AccessKind kind) {
  auto lines = parseAccessMap(map, kind);
  REQUIRE(lines);
  return textOf(*lines);
}

}  // namespace

TEST_CASE("an access table is read as Postfix reads it") {
  struct Case {
    std::string label;
    AccessKind kind;
    std::string map;
    std::string want;
  };

  const Case rows[] = {
      {"addresses and networks",
       AccessKind::Client,
       "192.0.2.7 REJECT\n2001:db8::1\tOK\n198.51.100.0/24  DISCARD too much\n",
       "block ip 192.0.2.7; allow ip 2001:db8::1; block network "
       "198.51.100.0/24 discard"},
      {"networks by their octets",
       AccessKind::Client,
       "10 OK\n192.168 OK\n192.0.2 REJECT\n",
       "allow network 10.0.0.0/8; allow network 192.168.0.0/16; block network "
       "192.0.2.0/24"},
      {"comments, empty lines and lines that go on",
       AccessKind::Client,
       "# ours\n\n192.0.2.7\n   REJECT go away\n",
       "block ip 192.0.2.7"},
      {"a refusal by number",
       AccessKind::Client,
       "192.0.2.7 554 5.7.1 no\n192.0.2.8 450 later\n",
       "block ip 192.0.2.7; 2: the action 450 later has no counterpart"},
      {"a host name",
       AccessKind::Client,
       "mx.far.example OK\n",
       "1: is neither an address nor a network"},
      {"senders",
       AccessKind::Sender,
       "a@far.example REJECT\nroot@ DISCARD\n<> REJECT\n",
       "block sender a@far.example; block sender root@* discard; block sender "
       "<>"},
      {"a domain, with its sub-domains",
       AccessKind::Sender,
       "far.example REJECT\n",
       "block sender *@far.example; block sender *@*.far.example"},
      {"sub-domains that have a line of their own, wherever it stands",
       AccessKind::Sender,
       "far.example REJECT\n.Far.example OK\n",
       "block sender *@far.example; allow sender *@*.Far.example"},
      {"recipients",
       AccessKind::Recipient,
       "bob@home.example OK\nhome.example REJECT\n",
       "allow recipient bob@home.example; block recipient *@home.example; "
       "block recipient *@*.home.example"},
      {"an action that is none of ours",
       AccessKind::Sender,
       "a@far.example FILTER smtp:x\nfar.example DUNNO\n",
       "1: the action FILTER smtp:x has no counterpart; 2: the action DUNNO "
       "has no counterpart"},
      {"no action",
       AccessKind::Sender,
       "a@far.example\n",
       "1: the action  has no counterpart"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(access(row.map, row.kind) == row.want);
  }
}

TEST_CASE("an access table says what it can say exactly, and why not more") {
  struct Case {
    std::string label;
    AccessKind kind;
    config::Lists lists;
    std::string want;
  };

  const auto client = AccessKind::Client;
  const auto sender = AccessKind::Sender;
  const auto recipient = AccessKind::Recipient;
  const Case rows[] = {
      {"clients, and no sender among them",
       client,
       {.allow = {{.name = "a", .ip = "192.0.2.7"},
                  {.name = "b", .sender = "x@far.example"}},
        .block = {{.name = "c", .network = "198.51.100.0/24"}}},
       "192.0.2.7\tOK\n198.51.100.0/24\tREJECT\n"},
      {"addresses, and a name at any domain",
       sender,
       {.block = {{.name = "a",
                   .sender = "pest@far.example",
                   .action = config::ListAction::Discard},
                  {.name = "b", .sender = "root@*"},
                  {.name = "c", .sender = "<>"}}},
       "pest@far.example\tDISCARD\nroot@\tREJECT\n<>\tREJECT\n"},
      {"a domain with its sub-domains is one line",
       sender,
       {.allow = {{.name = "a", .domain = "*.Far.example"},
                  {.name = "b", .sender = "*@far.example"}}},
       "far.example\tOK\n"},
      {"the short form of sub-domains is one, too",
       recipient,
       {.block = {{.name = "a", .recipient = "*.home.example"},
                  {.name = "b", .recipient = "*@home.example"}}},
       "home.example\tREJECT\n"},
      {"a domain alone would let its sub-domains in",
       sender,
       {.allow = {{.name = "a", .domain = "bank.example"}}},
       "# a: a line would fit its sub-domains, too; for these add "
       "*@*.bank.example\n# bank.example\tOK\n"},
      {"sub-domains alone would block the domain",
       sender,
       {.block = {{.name = "a", .sender = "*@*.far.example"}}},
       "# a: a line would fit far.example itself, too; for that add "
       "*@far.example\n# *@*.far.example\tREJECT\n"},
      {"both, but not with the same action",
       sender,
       {.block = {{.name = "a", .sender = "*@far.example"},
                  {.name = "b",
                   .sender = "*@*.far.example",
                   .action = config::ListAction::Discard}}},
       "# a: a line would fit its sub-domains, too; for these add "
       "*@*.far.example\n# *@far.example\tREJECT\n"
       "# b: a line would fit far.example itself, too; for that add "
       "*@far.example\n# *@*.far.example\tDISCARD\n"},
      {"both, but one of them ends",
       sender,
       {.block = {{.name = "a", .sender = "*@far.example"},
                  {.name = "b",
                   .sender = "*@*.far.example",
                   .expires = "2027-03-31"}}},
       "# a: a line would fit its sub-domains, too; for these add "
       "*@*.far.example\n# *@far.example\tREJECT\n"
       "# b: holds until 2027-03-31 only\n# *@*.far.example\tREJECT\n"},
      {"what ends, whatever it is of",
       client,
       {.allow = {{.name = "a", .ip = "192.0.2.7", .expires = "2027-03-31"}}},
       "# a: holds until 2027-03-31 only\n# 192.0.2.7\tOK\n"},
      {"what holds with proof",
       sender,
       {.allow = {{.name = "a",
                   .sender = "x@bank.example",
                   .proof = config::ListProof::Spf}}},
       "# a: holds with proof only\n# x@bank.example\tOK\n"},
      {"what is switched off",
       recipient,
       {.block =
            {{.name = "a", .enabled = false, .recipient = "x@home.example"}}},
       "# a: disabled\n# x@home.example\tREJECT\n"},
      {"patterns that no key has",
       sender,
       {.block = {{.name = "a", .sender = "a*b@far.example"},
                  {.name = "b", .sender = "*.x@far.example"},
                  {.name = "c", .sender = "*@far*.example"},
                  {.name = "d", .sender = "bounce-*"}}},
       "# a: no key fits the same\n# a*b@far.example\tREJECT\n"
       "# b: no key fits the same\n# *.x@far.example\tREJECT\n"
       "# c: no key fits the same\n# *@far*.example\tREJECT\n"
       "# d: no key fits the same\n# bounce-*\tREJECT\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(accessMap(row.lists, row.kind) == row.want);
  }
}

TEST_CASE("a table that was read is written the same") {
  const std::string table =
      "far.example\tREJECT\na@near.example\tDISCARD\nroot@\tREJECT\n";
  auto lines = parseAccessMap(table, AccessKind::Sender);
  REQUIRE(lines);
  config::Lists lists;
  for (auto& line : *lines) lists.block.push_back(std::move(line.entry));
  CHECK(accessMap(lists, AccessKind::Sender) == table);
}

}  // namespace mailreeve::cli
