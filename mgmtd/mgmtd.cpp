// mgmtd: accounts, usage, logs and jobs, for mgmtctl. Runs unprivileged; what
// needs root it asks mgmt-helper for.
#include <cerrno>
#include <csignal>
#include <random>

#include <signal.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/config/settings.h"
#include "core/net/control.h"
#include "mgmtd/api/access.h"
#include "mgmtd/api/api.h"
#include "mgmtd/helper/options.h"
#include "mgmtd/jobs/standard.h"
#include "mgmtd/logs/collector.h"

namespace mailreeve {

namespace {

using nlohmann::json;

sigset_t signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

// Tells hosts apart, and stays the same: when a job is due does not move with
// a restart.
std::uint64_t hostSeed() {
  const auto id = readFile("/etc/machine-id", 4096);
  return id ? std::hash<std::string>{}(*id) : 0;
}

// What every daemon answers about itself.
Result<json> ownStatus(const Paths& paths) {
  return json{{"program", "mgmtd"},
              {"version", MAILREEVE_VERSION},
              {"pid", ::getpid()},
              {"generation", api::Applied(paths).generation()}};
}

// The group's members reach the socket; who they are is asked again for each
// request.
void openToAdmins(const std::filesystem::path& socket,
                  const api::Access& access) {
  if (access.admin &&
      ::chown(socket.c_str(), static_cast<uid_t>(-1), *access.admin) != 0)
    log::warn(socket.string() + ": cannot be given to group " +
              api::kAdminGroup + ": " + errnoText(errno) +
              "; only root can use it");
}

// None before the first apply.
std::vector<std::string> filesToFollow(api::Applied& applied) {
  const auto policy = applied.policy();
  return policy ? (*policy)->settings().logging.files
                : std::vector<std::string>();
}

int serve(const Paths& paths) {
  const SystemClock clock;
  const auto helper = [&paths](const json& request) {
    return net::call(paths.helperSocket(), request, std::chrono::minutes(2));
  };
  jobs::Scheduler scheduler(jobs::standardJobs(paths, clock, helper),
                            paths.stateDatabase(),
                            clock,
                            hostSeed());
  const auto applied = std::make_shared<api::Applied>(paths);
  logs::Collector collector(
      paths.logsDatabase(),
      [applied] { return filesToFollow(*applied); },
      clock);
  const api::Api api({paths, clock, helper, scheduler});
  const api::Access access = api::accessHere();
  if (auto started = scheduler.start(); !started)
    log::fatal(started.error().what);
  collector.start();

  const auto socket = paths.control("mgmtd");
  auto server = net::ControlServer::start(
      socket,
      0660,
      [&](const json& request, const net::Peer& peer) -> Result<json> {
        if (!access.allows(peer))
          return Error{ErrorCode::Invalid,
                       std::string("only root and members of group ") +
                           api::kAdminGroup + " may ask mgmtd"};
        const std::string what = request.value("do", "");
        if (what == "status") return ownStatus(paths);
        // Settings are read anew for each generation without being told.
        if (what == "reload") return ownStatus(paths);
        return api.handle(request, peer);
      });
  if (!server) log::fatal(server.error().what);
  openToAdmins(socket, access);
  log::info("mgmtd " MAILREEVE_VERSION " ready");

  const sigset_t set = signals();
  int signal = SIGUSR1;
  while (signal == SIGUSR1) sigwait(&set, &signal);
  log::info("ending");
  return 0;
}

}  // namespace

}  // namespace mailreeve

int main(int argc, char** argv) {
  const auto options = mailreeve::helper::parseOptions({argv + 1, argv + argc});
  const auto ending = mailreeve::helper::answerOptions(options, "mgmtd");
  if (ending.end) return ending.status;
  ::signal(SIGPIPE, SIG_IGN);
  // Blocked before the first thread, so that only sigwait() sees them.
  const sigset_t set = mailreeve::signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  mailreeve::log::open("mgmtd", options->log);
  try {
    return mailreeve::serve(options->paths);
  } catch (const std::exception& e) {
    mailreeve::log::fatal(e.what());
  }
}
