// Small parts of the commands that talk to mgmtd.
#include <cstdlib>
#include <ctime>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "mgmtd/cli/complete.h"
#include "mgmtd/cli/context.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/password_source.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

TEST_CASE("columns are aligned by characters, not bytes") {
  Table table({"A", "B"});
  table.add({"Jürgen", "x"});
  table.add({"Anna\n", "y"});
  table.add({"short"});
  CHECK(table.text() == "A       B\nJürgen  x\nAnna?   y\nshort\n");
}

TEST_CASE("JSON holds nothing that a terminal obeys") {
  const nlohmann::json value{{"a",
                              "\x1b[2J \x7f \xc2\x9b"
                              "2J \xc2\xa0\xc3\xbc"}};
  const auto text = asJson(value);
  CHECK(text == R"({"a":"\u001b[2J \u007f \u009b2J )"
                "\xc2\xa0\xc3\xbc"
                R"("})");
  CHECK(nlohmann::json::parse(text) == value);
}

TEST_CASE("moments as people type them") {
  ::setenv("TZ", "Europe/Berlin", 1);  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
  const auto now = std::chrono::system_clock::from_time_t(1'772'366'405);

  struct Row {
    std::string label;
    std::string text;
    std::int64_t want;  // 0: refused.
  };

  const Row rows[] = {
      // now: 2026-03-01 13:00:05 in Berlin.
      {"a day", "2026-02-28", 1'772'233'200},
      {"a minute", "2026-03-01 12:30", 1'772'364'600},
      {"a second, with T", "2026-03-01T12:30:05", 1'772'364'605},
      {"summer time", "2026-07-01 12:00", 1'782'900'000},
      {"UTC", "2026-03-01T12:30:05Z", 1'772'368'205},
      {"UTC without a time", "2026-03-01Z", 0},
      {"today", "today", 1'772'319'600},
      {"yesterday", "yesterday", 1'772'233'200},
      {"seconds ago", "5s", 1'772'366'400},
      {"minutes ago", "10m", 1'772'365'805},
      {"hours ago", "2h", 1'772'359'205},
      {"days ago", "1d", 1'772'280'005},
      {"a unit of its own", "h", 0},
      {"an unknown unit", "5y", 0},
      {"a negative number", "-5m", 0},
      {"something behind", "2026-03-01x", 0},
      {"a day before the beginning of the clock", "1600-01-01", 0},
      {"a day beyond its end", "2300-01-01", 0},
      {"empty", "", 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = parseMoment(row.text, now);
    CHECK(got.ok() == (row.want != 0));
    if (got) CHECK(std::chrono::system_clock::to_time_t(*got) == row.want);
  }
  CHECK(shownTime("2026-03-01T12:30:05Z") == "2026-03-01 13:30:05");
  CHECK(shownTime("never") == "never");
  ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
}

TEST_CASE("what the shell offers next") {
  CLI::App app("", "mgmtctl");
  app.add_flag("--json");
  app.add_option("--state-dir", [](const CLI::results_t&) { return true; });
  CLI::App* account = app.add_subcommand("account");
  CLI::App* add = account->add_subcommand("add");
  add->add_flag("--disabled");
  PasswordOptions password;
  addPasswordOptions(*add, password);
  app.add_subcommand("secret")->group("");

  using Words = std::vector<std::string>;

  struct Row {
    std::string label;
    Words words;
    Words some;  // Among what is offered.
    Words none;  // Not among it.
  };

  const Row rows[] = {
      {"at the start", {}, {"account", "--json", "--help"}, {"add", "secret"}},
      {"in a command", {"account"}, {"add", "--json"}, {"account"}},
      {"behind a flag", {"--json", "account"}, {"add"}, {}},
      {"the value of an option", {"--state-dir"}, {}, {"account", "--json"}},
      {"behind the value", {"--state-dir", "account"}, {"account"}, {"add"}},
      {"options of a group",
       {"account", "add"},
       {"--disabled", "--generate", "--password-stdin"},
       {}},
      {"the value of a group's option",
       {"account", "add", "--password-file"},
       {},
       {"--generate"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = candidates(app, row.words);
    const auto offered = [&got](const std::string& word) {
      return std::find(got.begin(), got.end(), word) != got.end();
    };
    for (const auto& word : row.some) {
      CAPTURE(word);
      CHECK(offered(word));
    }
    for (const auto& word : row.none) {
      CAPTURE(word);
      CHECK_FALSE(offered(word));
    }
  }
}

TEST_CASE("a foreign hash is taken over, a generated password is told") {
  PasswordOptions options;
  options.hash = "$2y$05$" + std::string(53, 'h');
  const auto foreign = readPassword(options);
  REQUIRE(foreign);
  CHECK(foreign->hash == "{BLF-CRYPT}" + options.hash);
  CHECK(foreign->scram.empty());
  CHECK_FALSE(foreign->generated);

  options = {};
  options.generate = true;
  const auto made = readPassword(options);
  REQUIRE(made);
  CHECK(made->generated);
  CHECK(made->hash.find(made->generated->view()) == std::string::npos);

  options = {};
  options.file = "/nowhere/at/all";
  CHECK_FALSE(readPassword(options));
}

}  // namespace mailreeve::cli
