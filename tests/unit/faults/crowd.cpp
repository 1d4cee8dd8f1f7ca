#include "tests/unit/faults/crowd.h"

#include <thread>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::faults {

namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto kOther = "Subject: Another\r\n\r\nEICAR\r\n";

bool isTaken(scan::Scanner& scanner) {
  const auto finding = scan::scanWhole(scanner, kOther, Steady::now() + 50ms);
  return !finding &&
         finding.error().what.find("too many scans") != std::string::npos;
}

}  // namespace

std::string Crowd::oneTurn(const std::string& settings) {
  return replaceAll(
      replaceAll(settings, "antivirus: {", "antivirus: {max_scans: 1, "),
      "spam: {",
      "spam: {max_requests: 1, ");
}

Crowd::Crowd(const BrokenHelper& helper,
             milter::Backends& backends,
             std::chrono::seconds limit) {
  if (backends.scanner) takeScan(*backends.scanner, limit);
  if (!backends.spamd) return;
  auto settings = backends.spamd->settings();
  settings.timeLimit = 1h;
  settings.longestWait = limit;
  backends.spamd = spam::Spamd::make(settings);
  request_ = backends.spamd->begin(spam::Verb::Symbols, "", kOther);
  while (helper.connections() == 0) std::this_thread::sleep_for(5ms);
}

void Crowd::takeScan(scan::Scanner& scanner, std::chrono::seconds limit) {
  scan_ = scanner.begin();
  scan_->complete(kOther);
  finding_ = std::async(std::launch::async, [this, limit] {
    return scan_->answer(Steady::now() + 4 * limit);
  });
  // Who asks must not stand in the way of who is to have the turn.
  do {
    REQUIRE(finding_.wait_for(20ms) == std::future_status::timeout);
  } while (!isTaken(scanner));
}

}  // namespace mailreeve::faults
