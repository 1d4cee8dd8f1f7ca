// milterd: looks at every message before Postfix takes it, refuses what the
// settings forbid and changes what they want changed. See milterd(8).
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include <grp.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/net/control.h"
#include "core/store/list_hits.h"
#include "core/store/write_behind.h"
#include "milter/control.h"
#include "milter/glue.h"
#include "milter/options.h"
#include "milter/quarantine.h"
#include "milter/session.h"

namespace {

using namespace mailreeve;
using namespace mailreeve::milter;

// Longer than any check takes, shorter than the unit's TimeoutStopSec.
constexpr std::chrono::seconds kDrainLimit{50};

template <class T>
T require(Result<T> result) {
  if (!result) log::fatal(result.error().what);
  return *std::move(result);
}

gid_t socketGroup(const std::string& wanted) {
  const std::string name = wanted.empty() ? "postfix" : wanted;
  const group* found = getgrnam(name.c_str());  // NOLINT(*-mt-unsafe): alone.
  if (found != nullptr) return found->gr_gid;
  if (!wanted.empty()) log::fatal("there is no group " + wanted);
  return static_cast<gid_t>(-1);
}

// SIGTERM, SIGINT and SIGUSR1 are waited for; threads inherit the mask.
// SIGHUP is ignored here and not blocked, because libmilter waits for it to
// stop, and a blocked signal reaches who waits even when it is ignored.
sigset_t takeSignals() {
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGHUP, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

// Runs libmilter on a thread of its own until it ends or we are told to stop.
void serve(const sigset_t& signals, Services& services, Control& control) {
  const pid_t self = getpid();
  std::jthread listener([self, &services] {
    if (auto done = runMilter(services); !done) log::error(done.error().what);
    kill(self, SIGTERM);  // libmilter may have taken the signal for itself.
  });
  for (;;) {
    const int number = sigwaitinfo(&signals, nullptr);
    if (number == SIGUSR1) (void)control.reload();  // It logs what fails.
    if (number == SIGTERM || number == SIGINT) break;
  }
  stopMilter();
}

int run(const Options& options) {
  log::open("milterd", options.log);
  const sigset_t signals = takeSignals();

  ListenOptions listen;
  listen.socket = options.socket;
  listen.mode = options.socketMode;
  listen.group = socketGroup(options.socketGroup);
  require(listenMilter(listen));

  const SystemClock clock;
  Tally tally;
  Snapshot<Engine> engine(
      require(loadEngine(options.settings, clock, options.paths, nullptr)));
  const auto usage = require(
      store::UsageCounter::open(options.paths.countersDatabase(), clock));
  store::EventLog events(options.paths.logsDatabase());
  Quarantine quarantine(options.paths, clock);
  quarantine.recover();
  Services services{
      engine,
      *usage,
      clock,
      tally,
      options.spool.string(),
      [&events](Report report) { events.post(std::move(report).event()); },
      &quarantine};

  store::Outbox outbox(options.paths.outboxDatabase(), clock);
  services.outbox = &outbox;

  store::ListHits hits;
  store::WriteBehind hitsWriter(
      options.paths.countersDatabase(), clock, {&hits});
  services.hits = &hits;

  Control control(
      options.settings, options.paths, engine, *usage, events, tally, clock);
  auto controlServer = require(net::ControlServer::start(
      options.paths.control("milterd"),
      0660,
      [&control](const nlohmann::json& request, const net::Peer&) {
        return control.answer(request);
      }));
  log::info("started with generation " + engine.get()->generation());

  serve(signals, services, control);
  if (!drainMilter(kDrainLimit))
    log::warn("stopped while messages waited for their answer");
  controlServer.reset();
  events.flush();
  if (auto written = hitsWriter.flush(); !written)
    log::warn("list hits: " + written.error().what);
  if (const auto& known = engine.get()->backends().correspondents)
    known->flush();
  log::info("stopped");
  (void)std::fflush(nullptr);
  // Idle sessions are still with libmilter's threads, which nobody can stop:
  // they must not see our objects go.
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = parseOptions({argv + 1, argv + argc});
    if (!options) {
      std::cerr << "milterd: " << options.error().what << "\n" << usageText();
      return 2;
    }
    if (options->help) {
      std::cout << usageText();
      return 0;
    }
    if (options->version) {
      std::cout << "milterd " MAILREEVE_VERSION "\n";
      return 0;
    }
    return run(*options);
  } catch (const std::exception& e) {
    log::fatal(e.what());
  }
}
