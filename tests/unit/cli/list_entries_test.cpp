#include "mgmtd/cli/list_entries.h"

#include <string>

#include <doctest/doctest.h>

#include "core/config/load.h"
#include "tests/unit/cli/list_line_text.h"

namespace mailreeve::cli {

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
    CHECK(textOf(*lines) == row.want);
  }
  CHECK(!parseListCsv("name,value\n"));
  CHECK(!parseListCsv("criterion,value,colour\n"));
}

}  // namespace mailreeve::cli
