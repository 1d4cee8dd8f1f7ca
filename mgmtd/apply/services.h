// What Postfix, Dovecot and our daemons must do to see a change, and doing it.
//
// The least that works: nothing, a reload, a restart. A restart ends open
// sessions, so the plan announces it before anything is done.
#pragma once

#include <string>
#include <vector>

#include "core/base/paths.h"
#include "core/base/result.h"
#include "mgmtd/apply/host_file.h"

namespace mailreeve::apply {

enum class Action { Nothing, Reload, Restart, Start, Stop };

[[nodiscard]] const char* actionName(Action action);

struct Running {
  bool postfix = false;
  bool dovecot = false;
};

// A further unit of systemd that must be restarted to see its change, or is no
// longer wanted. Without systemd whoever runs it does that.
struct UnitChange {
  std::string unit;                 // "clamav-daemon.service"
  Action action = Action::Restart;  // Or Stop.
  std::string why;
};

struct ServiceActions {
  Action postfix = Action::Nothing;
  Action dovecot = Action::Nothing;
  Action spamd = Action::Nothing;
  std::string postfixWhy;  // For the plan; empty for Nothing.
  std::string dovecotWhy;
  std::string spamdWhy;
  std::vector<UnitChange> units;
};

// `wanted`: which services are to run afterwards.
[[nodiscard]] ServiceActions decideActions(const Paths& paths,
                                           const HostState& before,
                                           const HostState& after,
                                           Running now,
                                           Running wanted);

// Asks the host. A service whose state cannot be told counts as not running.
[[nodiscard]] Running runningServices();

// Whether systemd manages this host.
[[nodiscard]] bool hasSystemd();

// Dovecot first: Postfix asks it.
[[nodiscard]] Result<Done> perform(const ServiceActions& actions);

// Has systemd start our daemons, which wait for the first generation. Without
// systemd whoever runs them does. Never called at boot, where these services
// wait for `mgmtctl recover` to end.
[[nodiscard]] Result<Done> startDaemons();

// Tells each of our daemons that runs to read the current generation; what one
// answers with an error is returned as a line for the administrator.
[[nodiscard]] std::vector<std::string> reloadDaemons(const Paths& paths);

}  // namespace mailreeve::apply
