// conformance [FOLDER]: SPF, DKIM, ARC and the public suffix list against the
// test data in FOLDER, else in $MAILREEVE_TESTDATA. dev/conformance says what
// belongs there.
//
// Prints one line for each file and one for each case that fails. Ends with 0
// when all pass, with 1 when not, and with 77 when there is no such folder. A
// file that is missing from the folder fails.
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>

#include "suite.h"

namespace mailreeve::conformance {

namespace {

struct Suite {
  const char* file;
  Score (*run)(const std::filesystem::path& file);
  std::size_t cases;  // So that a file read by half is noticed.
};

constexpr Suite kSuites[] = {
    {"spf/rfc7208-tests.yml", runSpf, 203},
    {"spf/rfc4408-tests.yml", runSpf, 191},
    {"dkim/001.txt", runDkim, 2},
    {"dkim/002.txt", runDkim, 1},
    {"dkim/003.txt", runDkim, 2},
    {"dkim/004.txt", runDkim, 1},
    {"dkim/005.txt", runDkim, 1},
    {"dkim/006.txt", runDkim, 1},
    {"arc/arc-draft-validation-tests.yml", runArcValidation, 175},
    {"arc/arc-draft-sign-tests.yml", runArcSealing, 17},
    {"psl/test_psl.txt", runPsl, 77},
};

bool play(const Suite& suite, const std::filesystem::path& folder) {
  const Score score = suite.run(folder / suite.file);
  const std::size_t failed = score.failures().size();
  std::cout << suite.file << ": " << score.total() - failed << " of "
            << score.total() << '\n';
  for (const auto& failure : score.failures())
    std::cout << "  " << failure << '\n';
  if (score.total() == suite.cases) return failed == 0;
  std::cout << "  expected " << suite.cases << " cases\n";
  return false;
}

bool playAll(const std::filesystem::path& folder) {
  bool passed = true;
  for (const auto& suite : kSuites) {
    try {
      passed = play(suite, folder) && passed;
    } catch (const std::exception& problem) {
      std::cout << suite.file << ": " << problem.what() << '\n';
      passed = false;
    }
  }
  return passed;
}

}  // namespace

}  // namespace mailreeve::conformance

int main(int count, char** arguments) {
  const char* given = std::getenv("MAILREEVE_TESTDATA");  // NOLINT: alone.
  if (count > 1) given = arguments[1];
  const std::filesystem::path folder = given == nullptr ? "" : given;
  if (!std::filesystem::is_directory(folder)) {
    std::cout << "conformance: SKIPPED, 0 suites run: "
              << (folder.empty() ? "no folder of test data was named"
                                 : "there is no folder " + folder.string())
              << '\n';
    return 77;
  }
  return mailreeve::conformance::playAll(folder) ? 0 : 1;
}
