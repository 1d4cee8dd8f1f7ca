#include "mgmtd/apply/services.h"

#include <cerrno>
#include <filesystem>

#include <signal.h>

#include "core/base/file.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/net/control.h"

namespace mailreeve::apply {

namespace {

constexpr auto kPidFile = "/run/dovecot/master.pid";

// Lets a command run and makes its failure a sentence. postfix(1) tells its
// reasons to syslog only.
Result<Done> command(const std::vector<std::string>& argv) {
  RunOptions options;
  options.leavesDaemon = true;
  auto answer = run(argv, options);
  if (!answer) return std::move(answer).error();
  if (answer->status == 0) return Done{};
  const std::string words(
      trim(answer->err.empty() ? answer->out : answer->err));
  return Error{
      ErrorCode::Unavailable,
      join(argv, " ") + ": status " + std::to_string(answer->status) +
          (words.empty() ? "; the reason is in the mail log" : ": " + words)};
}

using Commands = std::vector<std::vector<std::string>>;

Commands systemdCommands(const std::string& unit, Action action) {
  if (action == Action::Nothing) return {};
  return {{"systemctl", actionName(action), unit}};
}

Commands postfixCommands(Action action) {
  if (hasSystemd()) return systemdCommands("postfix.service", action);
  switch (action) {
    case Action::Reload:
      return {{"postfix", "reload"}};
    case Action::Restart:
      return {{"postfix", "stop"}, {"postfix", "start"}};
    case Action::Start:
      return {{"postfix", "start"}};
    case Action::Stop:
      return {{"postfix", "stop"}};
    case Action::Nothing:
      break;
  }
  return {};
}

Commands dovecotCommands(Action action) {
  if (hasSystemd()) return systemdCommands("dovecot.service", action);
  switch (action) {
    case Action::Reload:
      return {{"doveadm", "reload"}};
    case Action::Restart:
      return {{"doveadm", "stop"}, {"dovecot"}};
    case Action::Start:
      return {{"dovecot"}};
    case Action::Stop:
      return {{"doveadm", "stop"}};
    case Action::Nothing:
      break;
  }
  return {};
}

// A reload is SIGHUP, by which spamd begins anew with the options it has; its
// unit and its init script know the new ones, too.
Commands spamdCommands(Action action) {
  if (action == Action::Nothing || !std::filesystem::exists("/usr/sbin/spamd"))
    return {};
  if (hasSystemd())
    return {{"systemctl",
             action == Action::Reload ? "try-reload-or-restart" : "restart",
             "spamd.service"}};
  return {{"/etc/init.d/spamd", "restart"}};
}

Result<Done> runAll(const Commands& commands) {
  for (const auto& argv : commands) {
    auto done = command(argv);
    if (!done) return done;
  }
  return Done{};
}

Result<Done> changeUnits(const std::vector<UnitChange>& units) {
  if (!hasSystemd()) return Done{};
  for (const auto& change : units) {
    auto done = change.action == Action::Stop
                    ? runAll({{"systemctl", "disable", "--now", change.unit}})
                    : runAll({{"systemctl", "enable", "--now", change.unit},
                              {"systemctl", "try-restart", change.unit}});
    if (!done) return done;
  }
  return Done{};
}

bool dovecotRuns() {
  const auto pid = readFile(kPidFile, 64);
  if (!pid) return false;
  const auto number = parseNumber(trim(*pid));
  return number && *number > 1 && ::kill(static_cast<pid_t>(*number), 0) == 0;
}

bool postfixRuns() {
  const auto answer = run({"postfix", "status"});
  return answer && answer->status == 0;
}

}  // namespace

bool hasSystemd() {
  return std::filesystem::exists("/run/systemd/system");
}

Running runningServices() {
  return {postfixRuns(), dovecotRuns()};
}

Result<Done> perform(const ServiceActions& actions) {
  auto ready = runAll(spamdCommands(actions.spamd));
  if (!ready) return ready;
  if (auto done = changeUnits(actions.units); !done) return done;
  auto done = runAll(dovecotCommands(actions.dovecot));
  if (!done) return done;
  return runAll(postfixCommands(actions.postfix));
}

Result<Done> startDaemons() {
  if (!hasSystemd()) return Done{};
  return command({"systemctl",
                  "start",
                  "policyd.service",
                  "milterd.service",
                  "mgmtd.service"});
}

std::vector<std::string> reloadDaemons(const Paths& paths) {
  std::vector<std::string> complaints;
  for (const auto* const program : {"policyd", "milterd", "mgmtd"}) {
    const auto socket = paths.control(program);
    if (!std::filesystem::exists(socket)) continue;
    const auto answer = net::call(socket, {{"do", "reload"}});
    if (!answer)
      complaints.push_back(std::string(program) +
                           ": reload: " + answer.error().what);
  }
  return complaints;
}

}  // namespace mailreeve::apply
