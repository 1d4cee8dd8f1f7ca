#include "mgmtd/cli/policy_tests.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/settings.h"

namespace mailreeve::cli {

namespace {

using config::Expectation;
using config::Expected;

std::vector<std::string> sorted(std::vector<std::string> texts) {
  for (auto& text : texts) text = lower(text);
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string_view headerOf(const std::string& message) {
  return std::string_view(message).substr(0, message.find("\r\n\r\n"));
}

// Line ends do not count: people write LF, mail has CRLF.
std::string bodyOf(const std::string& message) {
  const auto end = message.find("\r\n\r\n");
  return end == std::string::npos
             ? ""
             : replaceAll(message.substr(end + 4), "\r\n", "\n");
}

void checkMessage(const Expected& expected,
                  const DryRun& run,
                  std::vector<std::string>& failures) {
  const std::string body = bodyOf(run.leaves);
  if (!expected.bodyContains.empty() &&
      body.find(trim(expected.bodyContains)) == std::string::npos)
    failures.push_back("the body lacks \"" +
                       std::string(trim(expected.bodyContains)) + "\"");
  if (!expected.bodyLacks.empty() &&
      body.find(trim(expected.bodyLacks)) != std::string::npos)
    failures.push_back("the body contains \"" +
                       std::string(trim(expected.bodyLacks)) + "\"");
  if (!expected.headerContains.empty() &&
      headerOf(run.leaves).find(expected.headerContains) ==
          std::string_view::npos)
    failures.push_back("no header line contains \"" + expected.headerContains +
                       "\"");
}

void checkList(const std::string& what,
               const std::optional<std::vector<std::string>>& expected,
               const std::vector<std::string>& got,
               std::vector<std::string>& failures) {
  if (!expected || sorted(*expected) == sorted(got)) return;
  failures.push_back(what + " [" + join(got, ", ") + "], expected [" +
                     join(*expected, ", ") + "]");
}

void checkHeld(const Expected& expected,
               const DryRun& run,
               std::vector<std::string>& failures) {
  if (!expected.held || *expected.held != run.held.empty()) return;
  failures.push_back(run.held.empty() ? "it is not held, expected to be"
                                      : "it is held (" + run.decidedBy +
                                            "), expected not to be");
}

Result<std::string> messageOf(const Expectation& test) {
  if (test.messageFile.empty()) return test.message;
  const auto directory = std::filesystem::path(test.file).parent_path();
  return readFile(directory / test.messageFile);
}

std::vector<std::string> judge(const DryRunner& runner,
                               const Expectation& test) {
  auto message = messageOf(test);
  if (!message) return {message.error().what};
  const auto run = runner.run({test.client,
                               test.helo,
                               test.login,
                               test.from,
                               test.to,
                               std::move(*message),
                               test.clientName});
  if (!run) return {run.error().what};
  return failuresOf(test.expect, *run);
}

nlohmann::json jsonOf(const std::vector<TestResult>& results) {
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& result : results)
    rows.push_back({{"file", result.file},
                    {"name", result.name},
                    {"holds", result.failures.empty()},
                    {"failures", result.failures}});
  return rows;
}

void print(const Context& context, const std::vector<TestResult>& results) {
  if (results.empty()) {
    std::cout << "There is nothing to check: "
              << (context.paths.config / "tests").string()
              << " holds no expectations. mgmtctl(1), POLICY TESTS, says how "
                 "to write one.\n";
    return;
  }
  std::size_t failed = 0;
  for (const auto& result : results) {
    std::cout << (result.failures.empty() ? "ok    " : "FAILS ") << result.name
              << '\n';
    for (const auto& failure : result.failures)
      std::cout << "      " << printable(failure) << '\n';
    if (!result.failures.empty()) ++failed;
  }
  std::cout << results.size() - failed << " of " << results.size()
            << " expectations hold.\n";
}

Exit test(const Context& context) {
  auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  const auto expectations =
      config::loadExpectations(context.paths.config / "tests");
  for (const auto& problem : expectations.problems)
    std::cerr << problem.text() << '\n';
  if (!expectations.problems.empty()) return Exit::InvalidSettings;

  const auto results = runPolicyTests(
      context,
      std::make_shared<const directory::Policy>(std::move(*settings)),
      expectations.tests);
  if (!results) return fail(context, results.error());
  if (context.json)
    printJson(context, jsonOf(*results));
  else
    print(context, *results);
  const bool hold =
      std::all_of(results->begin(), results->end(), [](const auto& result) {
        return result.failures.empty();
      });
  return hold ? Exit::Done : Exit::TestsFailed;
}

}  // namespace

std::vector<std::string> failuresOf(const Expected& expected,
                                    const DryRun& run) {
  std::vector<std::string> failures;
  const std::string answer =
      std::to_string(run.code) + " " + run.enhanced + " " + run.text +
      (run.decidedBy.empty() ? "" : " (" + run.decidedBy + ")");
  if (expected.code != 0 && expected.code != run.code)
    failures.push_back("the answer is " + answer + ", expected " +
                       std::to_string(expected.code));
  if (!expected.enhanced.empty() && expected.enhanced != run.enhanced)
    failures.push_back("the answer is " + answer + ", expected " +
                       expected.enhanced);
  if (!expected.decidedBy.empty() && expected.decidedBy != run.decidedBy)
    failures.push_back("decided by \"" + run.decidedBy + "\", expected \"" +
                       expected.decidedBy + "\"");
  checkMessage(expected, run, failures);
  checkHeld(expected, run, failures);
  checkList("delivered to", expected.delivered, run.accepted, failures);
  checkList("copies go to", expected.copiesTo, run.copies, failures);
  checkList("discarded are", expected.dropped, run.dropped, failures);
  return failures;
}

Result<std::vector<TestResult>> runPolicyTests(
    const Context& context,
    const directory::PolicyPtr& policy,
    const std::vector<Expectation>& tests) {
  const SystemClock clock;
  const auto runner = DryRunner::make(policy, context.paths, clock);
  if (!runner) return runner.error();
  std::vector<TestResult> results;
  results.reserve(tests.size());
  for (const auto& each : tests)
    results.push_back({each.file, each.name, judge(*runner, each)});
  return results;
}

Result<Done> requirePolicyTests(const Context& context,
                                const config::Settings& settings) {
  if (!settings.tests.beforeApply) return Done{};
  const auto expectations =
      config::loadExpectations(context.paths.config / "tests");
  std::string all;
  for (const auto& problem : expectations.problems)
    all += "\n  " + problem.text();
  const auto results =
      runPolicyTests(context,
                     std::make_shared<const directory::Policy>(settings),
                     expectations.tests);
  if (!results) return results.error();
  for (const auto& result : *results)
    for (const auto& failure : result.failures)
      all += "\n  " + result.name + ": " + printable(failure);
  if (all.empty()) return Done{};
  return Error{ErrorCode::Invalid,
               "expectations do not hold (tests.before_apply):" + all};
}

void addTest(CLI::App& app, Context& context) {
  app.add_subcommand("test",
                     "Check the expectations in tests/*.yaml against the YAML "
                     "as it stands")
      ->callback([&context] { context.run = [&] { return test(context); }; });
}

}  // namespace mailreeve::cli
