#include "mgmtd/apply/directory_rows.h"

#include <doctest/doctest.h>

#include "core/config/settings.h"

namespace mailreeve::apply {

namespace {

config::Settings settings() {
  config::Settings out;
  config::Domain main;
  main.name = "Example.COM";
  main.additional = {"example.org", "bücher.example"};
  main.aliases = {
      {"Info", {"Alice", "bob@example.org", "Bob@example.com"}},
      {"news", {"alice+news", "Out@Elsewhere.example"}},
  };
  out.domains.push_back(main);
  return out;
}

}  // namespace

TEST_CASE("domains are rows of lower-case A-labels with their main domain") {
  const auto rows = directoryRowsOf(settings());
  REQUIRE(rows);
  std::string text;
  for (const auto& row : rows->domains) text += row.name + ">" + row.main + " ";
  CHECK(text ==
        "example.com>example.com example.org>example.com "
        "xn--bcher-kva.example>example.com ");
}

TEST_CASE("alias targets are addresses of accounts, each once") {
  const auto rows = directoryRowsOf(settings());
  REQUIRE(rows);
  std::string text;
  for (const auto& row : rows->aliases)
    text += row.address + ">" + row.target + " ";
  CHECK(text ==
        "info@example.com>alice@example.com info@example.com>bob@example.com "
        "news@example.com>alice+news@example.com "
        "news@example.com>Out@elsewhere.example ");
}

}  // namespace mailreeve::apply
