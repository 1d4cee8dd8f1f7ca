#include "mgmtd/cli/program.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "mgmtd/cli/examples.h"

namespace mailreeve::cli {

namespace {

// Without what the shell takes away again.
std::string typed(std::string_view example) {
  return std::string(example.substr(0, example.find(" >")));
}

void leavesOf(const CLI::App& app,
              const std::string& path,
              std::vector<std::string>& leaves) {
  const auto below = app.get_subcommands([](const CLI::App* one) {
    return !one->get_name().empty() && !one->get_group().empty();
  });
  if (below.empty()) leaves.push_back(path);
  for (const auto* one : below)
    leavesOf(*one, path + " " + one->get_name(), leaves);
}

std::string usageOf(const std::vector<const char*>& argv) {
  Context context;
  const auto app = makeProgram(context);
  const int argc = static_cast<int>(argv.size());
  try {
    app->parse(argc, argv.data());
  } catch (const CLI::ParseError& e) {
    return usageText(*app, argc, argv.data(), e);
  }
  return "taken";
}

}  // namespace

TEST_CASE("every example is understood") {
  for (const auto example : examples()) {
    CAPTURE(example);
    Context context;
    const auto app = makeProgram(context);
    CHECK_NOTHROW(app->parse(typed(example), true));
    CHECK(context.run);
  }
}

TEST_CASE("every command has an example") {
  Context context;
  const auto app = makeProgram(context);
  std::vector<std::string> leaves;
  leavesOf(*app, "mgmtctl", leaves);
  CHECK(leaves.size() > 60);
  for (const auto& leaf : leaves) {
    CAPTURE(leaf);
    bool shown = false;
    for (const auto example : examples())
      shown = shown || (typed(example) + " ").starts_with(leaf + " ");
    CHECK(shown);
  }
}

TEST_CASE("who mistypes is told where to go on") {
  struct Row {
    std::string label;
    std::vector<const char*> argv;
    std::string begins;
  };

  const Row rows[] = {
      {"a command that is not there",
       {"mgmtctl", "lst"},
       "mgmtctl: unknown command \"lst\"; did you mean \"list\"?\n"},
      {"one below another",
       {"mgmtctl", "list", "ad"},
       "mgmtctl list: unknown command \"ad\"; did you mean \"add\"?\n"},
      {"one that is like no other",
       {"mgmtctl", "dkim", "frobnicate"},
       "mgmtctl dkim: unknown command \"frobnicate\"; see `mgmtctl dkim "
       "--help`\n"},
      {"behind an option with a value",
       {"mgmtctl", "--state-dir", "/tmp", "lst"},
       "mgmtctl: unknown command \"lst\""},
      {"no command", {"mgmtctl"}, "Governs a mail system"},
      {"a group alone", {"mgmtctl", "quarantine"}, "Mail that was held back"},
      {"a value that is missing",
       {"mgmtctl", "list", "add"},
       "mgmtctl list add: LIST is required; see `mgmtctl list add --help`\n"},
      {"an option nobody knows",
       {"mgmtctl", "plan", "--fast"},
       "mgmtctl plan: The following argument was not expected: --fast; see "
       "`mgmtctl plan --help`\n"},
      {"what is right", {"mgmtctl", "plan"}, "taken"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string said = usageOf(row.argv);
    CAPTURE(said);
    CHECK(said.starts_with(row.begins));
  }
}

}  // namespace mailreeve::cli
