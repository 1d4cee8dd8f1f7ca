// mgmtctl test: the expectations of tests/*.yaml, asked of the real engine.
#pragma once

#include <string>
#include <vector>

#include "core/config/expectations.h"
#include "core/directory/policy.h"
#include "mgmtd/cli/context.h"
#include "mgmtd/cli/dry_run.h"

namespace mailreeve::cli {

struct TestResult {
  std::string file;
  std::string name;
  std::vector<std::string> failures;  // Empty: it holds.
};

// What of `expected` does not hold, one line each.
[[nodiscard]] std::vector<std::string> failuresOf(
    const config::Expected& expected, const DryRun& run);

// All expectations beside the settings of `context`.
[[nodiscard]] Result<std::vector<TestResult>> runPolicyTests(
    const Context& context,
    const directory::PolicyPtr& policy,
    const std::vector<config::Expectation>& tests);

// For `apply`: with settings.tests.beforeApply, an Error that names what does
// not hold.
[[nodiscard]] Result<Done> requirePolicyTests(const Context& context,
                                              const config::Settings& settings);

}  // namespace mailreeve::cli
