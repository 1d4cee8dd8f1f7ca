#include "tests/unit/faults/policyd_host.h"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "core/store/accounts.h"
#include "core/store/usage.h"

namespace mailreeve::faults {

namespace {

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

}  // namespace

PolicydHost::PolicydHost(const std::string& settings) : clock_(kNoon) {
  paths_.state = scratch_.path;
  std::filesystem::create_directory(paths_.databases());
  std::filesystem::create_directory(scratch_.path / "yaml");
  std::ofstream(scratch_.path / "yaml" / "mail.yaml")
      << "server: {hostname: mx.home.example}\n"
         "domains: [{name: home.example}]\n"
      << settings;
  furnish();
}

void PolicydHost::furnish() {
  auto accounts = store::Accounts::open(paths_.stateDatabase(), clock_);
  REQUIRE(accounts);
  REQUIRE(
      accounts->replaceDirectory({{"home.example", "home.example"}}, {}).ok());
  REQUIRE(accounts->add({"bob", "home.example", "{PLAIN}x", "", "", true}));
  auto usage = store::UsageCounter::open(paths_.countersDatabase(), clock_);
  REQUIRE(usage);
  REQUIRE((*usage)->charge(kBob, 1, {}));
}

PolicydHost::Daemon::Daemon(const Paths& paths, const Clock& clock)
    : events(paths.logsDatabase()), memory(paths, clock) {
  auto loaded =
      policyd::Service::load(paths.state / "yaml", memory, events, clock);
  REQUIRE(loaded);
  service = *std::move(loaded);
}

void PolicydHost::start() {
  daemon_.emplace(paths_, clock_);
}

std::string PolicydHost::ask(const Rcpt& rcpt) {
  policyd::Request request;
  request.protocolState = "RCPT";
  request.clientAddress = rcpt.client;
  request.sender = rcpt.sender;
  request.recipient = rcpt.recipient;
  request.saslUsername = rcpt.login;
  std::string out;
  daemon_->service->answer(request, out);
  out = out.substr(out.find('=') + 1);
  return out.substr(0, std::min(out.find('\n'), out.find(" (reference ")));
}

void PolicydHost::flush() {
  (void)daemon_->memory.flush();
}

}  // namespace mailreeve::faults
