// policyd: answers Postfix for each recipient whether the lists and limits let
// it pass. See policyd(8).
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <grp.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/net/control.h"
#include "policyd/control.h"
#include "policyd/options.h"
#include "policyd/server.h"
#include "policyd/service.h"

namespace {

using namespace mailreeve;
using namespace mailreeve::policyd;

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

// A connection is a descriptor; without enough of them the rest waits.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

// SIGTERM, SIGINT and SIGUSR1 are waited for; threads inherit the mask.
sigset_t takeSignals() {
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGHUP, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

// Returns whether the server ended as it should, after its last answer.
bool serve(const sigset_t& signals, Server& server, Service& service) {
  bool clean = true;
  std::thread answering([&server, &clean] {
    if (auto done = server.run(); !done) {
      log::error(done.error().what);
      clean = false;
      kill(getpid(), SIGTERM);  // Without it the loop below would wait on.
    }
  });
  for (;;) {
    const int number = sigwaitinfo(&signals, nullptr);
    if (number == SIGUSR1) (void)service.reload();  // It logs what fails.
    if (number == SIGTERM || number == SIGINT) break;
  }
  server.stop();
  answering.join();
  return clean;
}

int run(const SocketOptions& options) {
  log::open("policyd", options.log);
  const sigset_t signals = takeSignals();
  raiseDescriptorLimit();

  const SystemClock clock;
  const Paths& paths = options.paths;
  Memory memory(paths, clock);
  store::EventLog events(paths.logsDatabase());
  const auto service =
      require(Service::load(options.settings, memory, events, clock));

  const auto server = require(
      Server::make(require(Listener::open(options.socket,
                                          options.socketMode,
                                          socketGroup(options.socketGroup))),
                   [&service](const Request& request, std::string& out) {
                     service->answer(request, out);
                   }));
  Control control(*service, *server, memory, events, clock);
  auto controlServer = require(net::ControlServer::start(
      paths.control("policyd"),
      0660,
      [&control](const nlohmann::json& request, const net::Peer&) {
        return control.answer(request);
      }));
  log::info("started with generation " + service->generation());

  const bool clean = serve(signals, *server, *service);
  controlServer.reset();
  log::info("stopped");
  return clean ? 0 : 1;
}

int start(const std::vector<std::string>& arguments) {
  const auto options = parseOptions(arguments);
  if (!options) {
    (void)std::fputs(
        ("policyd: " + options.error().what + "\n" + usageText()).c_str(),
        stderr);
    return 2;
  }
  if (options->help) {
    (void)std::fputs(usageText().c_str(), stdout);
    return 0;
  }
  if (options->version) {
    (void)std::puts("policyd " MAILREEVE_VERSION);
    return 0;
  }
  return run(*options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    log::fatal(e.what());
  }
}
