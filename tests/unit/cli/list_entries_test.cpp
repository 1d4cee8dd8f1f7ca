#include "mgmtd/cli/list_entries.h"

#include <string>

#include <doctest/doctest.h>

#include "core/config/load.h"

namespace mailreeve::cli {

namespace {

// "allow ip 192.0.2.7", "2: block: has no value".
std::string text(const std::vector<ListLine>& lines) {
  std::string out;
  for (const auto& line : lines) {
    if (!out.empty()) out += "; ";
    if (!line.problem.empty()) {
      out += std::to_string(line.line) + ": " + line.problem;
      continue;
    }
    out += std::string(name(line.list)) + " " + criterionKey(line.entry) + " " +
           criterionValue(line.entry);
    if (line.entry.action == config::ListAction::Discard) out += " discard";
  }
  return out;
}

std::string access(const std::string& map, AccessKind kind) {
  auto lines = parseAccessMap(map, kind);
  REQUIRE(lines);
  return text(*lines);
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
       "a@far.example REJECT\nfar.example OK\n.far.example OK\nroot@ DISCARD\n"
       "<> REJECT\n",
       "block sender a@far.example; allow sender *@far.example; allow sender "
       "*@*.far.example; block sender root@* discard; block sender <>"},
      {"recipients",
       AccessKind::Recipient,
       "bob@home.example OK\n",
       "allow recipient bob@home.example"},
      {"an action that is none of ours",
       AccessKind::Sender,
       "a@far.example FILTER smtp:x\n",
       "1: the action FILTER smtp:x has no counterpart"},
      {"no action",
       AccessKind::Sender,
       "a@far.example\n",
       "1: the action  has "
       "no counterpart"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(access(row.map, row.kind) == row.want);
  }
}

TEST_CASE("what an access table can say comes back from it") {
  config::Lists lists;
  lists.allow = {{.name = "a", .ip = "192.0.2.7"},
                 {.name = "b", .domain = "far.example"},
                 {.name = "c", .domain = "*.far.example"},
                 {.name = "d",
                  .sender = "x@bank.example",
                  .proof = config::ListProof::Spf}};
  lists.block = {
      {.name = "e", .network = "198.51.100.0/24"},
      {.name = "f",
       .sender = "pest@far.example",
       .action = config::ListAction::Discard},
      {.name = "g", .sender = "a*b@far.example"},
      {.name = "h", .enabled = false, .recipient = "x@home.example"}};
  CHECK(accessMap(lists, AccessKind::Client) ==
        "192.0.2.7\tOK\n198.51.100.0/24\tREJECT\n");
  CHECK(accessMap(lists, AccessKind::Sender) ==
        "far.example\tOK\n.far.example\tOK\n"
        "# d: holds with proof only\n# x@bank.example\tOK\n"
        "pest@far.example\tDISCARD\n"
        "# g: more than one wildcard\n# a*b@far.example\tREJECT\n");
  CHECK(accessMap(lists, AccessKind::Recipient) ==
        "# h: disabled\n# x@home.example\tREJECT\n");
}

TEST_CASE("lists go out as CSV and as YAML, and come back the same") {
  config::Lists lists;
  lists.allow = {{.name = "our \"bank\", inc",
                  .domain = "bank.example",
                  .note = "since May",
                  .expires = "2027-03-31",
                  .proof = config::ListProof::Dmarc}};
  lists.block = {{.name = "pest",
                  .enabled = false,
                  .sender = "*@pest.example",
                  .action = config::ListAction::Discard}};

  auto lines = parseListCsv(listCsv(lists));
  REQUIRE(lines);
  config::Lists back;
  for (const auto& line : *lines) {
    CHECK(line.problem == "");
    (line.list == ListKind::Allow ? back.allow : back.block)
        .push_back(line.entry);
  }
  CHECK(listsYaml(back) == listsYaml(lists));

  const auto loaded = config::parse({{"lists.yaml",
                                      "server: {hostname: mx.home.example}\n"
                                      "domains: [{name: home.example}]\n" +
                                          listsYaml(lists),
                                      false}});
  REQUIRE(loaded.ok());
  CHECK(listsYaml(loaded.settings.lists) == listsYaml(lists));
  CHECK(listsYaml({}).empty());
}

TEST_CASE("every bad record of a CSV file is told") {
  struct Case {
    std::string label;
    std::string csv;
    std::string want;
  };

  const std::string head = "list,criterion,value,action,proof,expires\n";
  const Case rows[] = {
      {"a good one", head + "allow,ip,192.0.2.7,,,\n", "allow ip 192.0.2.7"},
      {"a list that is none",
       head + "grey,ip,192.0.2.7,,,\n",
       "2: list: must be allow or block"},
      {"a criterion that is none",
       head + "allow,helo,x,,,\n",
       "2: criterion: must be ip, network, sender, recipient or domain"},
      {"an address that is none",
       head + "block,ip,192.0.2.700,,,\n",
       "2: ip: must be an IP address, is \"192.0.2.700\""},
      {"a domain to block",
       head + "block,domain,far.example,,,\n",
       "2: domain: is for the allow list; block the sender *@far.example"},
      {"an action that is none",
       head + "block,ip,192.0.2.7,drop,,\n",
       "2: action: must be reject or discard"},
      {"a proof that is none",
       head + "allow,sender,a@b.example,,pgp,\n",
       "2: proof: must be none, spf, dkim or dmarc"},
      {"a day that is none",
       head + "allow,ip,192.0.2.7,,,soon\n",
       "2: expires: must be a day, as 2027-03-31, is \"soon\""},
      {"too few fields", head + "allow,ip\n", "2: 2 fields instead of 6"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto lines = parseListCsv(row.csv);
    REQUIRE(lines);
    CHECK(text(*lines) == row.want);
  }
  CHECK(!parseListCsv("name,value\n"));
  CHECK(!parseListCsv("criterion,value,colour\n"));
}

}  // namespace mailreeve::cli
