// Which change needs what: read off the files before and after.
#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/directory/expiring_clients.h"
#include "mgmtd/apply/render.h"
#include "mgmtd/apply/services.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

const std::string& bytesOf(const HostState& state, const fs::path& path) {
  static const std::string kNone;
  const auto found = state.find(path);
  return found == state.end() ? kNone : found->second.bytes;
}

bool changed(const HostState& before,
             const HostState& after,
             const fs::path& path) {
  const auto old = before.find(path);
  const auto next = after.find(path);
  const HostFile absent;
  return !(old == before.end() ? absent : old->second)
              .sameAs(next == after.end() ? absent : next->second);
}

bool anyChanged(const HostState& before,
                const HostState& after,
                const fs::path& below) {
  return std::any_of(after.begin(), after.end(), [&](const auto& entry) {
    const auto relative = entry.first.lexically_relative(below);
    return !relative.empty() && *relative.begin() != ".." &&
           changed(before, after, entry.first);
  });
}

// The value of a setting at the left margin of main.cf or dovecot.conf.
std::string valueOf(const std::string& bytes,
                    std::string_view name,
                    const std::string& fallback) {
  std::string value = fallback;
  for (const auto line : split(bytes, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || line.front() == '#') continue;
    if (trim(line.substr(0, equals)) == name)
      value = trim(line.substr(equals + 1));
  }
  return value;
}

struct Endpoint {
  std::string address;  // Empty: every address.
  std::string port;     // A number where we know it.

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

std::string portNumber(std::string_view name) {
  if (name == "smtp") return "25";
  if (name == "submission") return "587";
  if (name == "smtps" || name == "submissions") return "465";
  return std::string(name);
}

// The service name of each inet service, as master knows it -> its endpoint.
std::map<std::string, Endpoint> endpointsOf(const std::string& master) {
  std::map<std::string, Endpoint> endpoints;
  for (const auto line : split(master, '\n')) {
    if (line.empty() || line.front() == '#' || line.front() == ' ' ||
        line.front() == '\t')
      continue;
    const auto end = line.find_first_of(" \t");
    if (end == std::string_view::npos) continue;
    if (trim(line.substr(end)).substr(0, 4) != "inet") continue;
    const auto name = line.substr(0, end);
    const auto colon = name.rfind(':');
    if (colon == std::string_view::npos)
      endpoints[std::string(name)] = {"", portNumber(name)};
    else
      endpoints[std::string(name)] = {std::string(name.substr(0, colon)),
                                      portNumber(name.substr(colon + 1))};
  }
  return endpoints;
}

// A reload opens new sockets before it closes old ones: two that overlap
// cannot be open at once, and master dies of it.
std::string collision(const std::string& before, const std::string& after) {
  const auto old = endpointsOf(before);
  const auto next = endpointsOf(after);
  for (const auto& [name, endpoint] : next) {
    if (old.contains(name)) continue;
    for (const auto& [oldName, oldEndpoint] : old) {
      if (next.contains(oldName) || oldEndpoint.port != endpoint.port) continue;
      if (oldEndpoint.address.empty() || endpoint.address.empty() ||
          oldEndpoint.address == endpoint.address)
        return oldName + " gives way to " + name;
    }
  }
  return {};
}

std::string postfixRestartReason(const std::string& mainBefore,
                                 const std::string& mainAfter,
                                 const std::string& masterBefore,
                                 const std::string& masterAfter) {
  for (const std::string name :
       {"inet_interfaces", "inet_protocols", "queue_directory"}) {
    const std::string fallback = name == "queue_directory" ? "" : "all";
    if (valueOf(mainBefore, name, fallback) !=
        valueOf(mainAfter, name, fallback))
      return name + " changes";
  }
  return collision(masterBefore, masterAfter);
}

void decidePostfix(ServiceActions& actions,
                   const Paths& paths,
                   const HostState& before,
                   const HostState& after) {
  const auto main = paths.postfix / "main.cf";
  const auto master = paths.postfix / "master.cf";
  const auto reason = postfixRestartReason(bytesOf(before, main),
                                           bytesOf(after, main),
                                           bytesOf(before, master),
                                           bytesOf(after, master));
  if (!reason.empty()) {
    actions.postfix = Action::Restart;
    actions.postfixWhy = reason;
  } else if (anyChanged(before, after, paths.postfix) ||
             changed(before, after, directory::expiringClientsTable(paths))) {
    actions.postfix = Action::Reload;
    actions.postfixWhy = "its files change";
  } else if (actions.dovecot != Action::Nothing) {
    // smtpd keeps its connection to the old authentication process, which
    // lives as long as that and knows the old databases.
    actions.postfix = Action::Reload;
    actions.postfixWhy = "it holds connections to Dovecot's authentication";
  }
}

void decideDovecot(ServiceActions& actions,
                   const Paths& paths,
                   const HostState& before,
                   const HostState& after) {
  if (!anyChanged(before, after, paths.dovecot)) return;
  const auto conf = paths.dovecot / "dovecot.conf";
  const std::string everywhere = "*, ::";
  const bool moved = valueOf(bytesOf(before, conf), "listen", everywhere) !=
                     valueOf(bytesOf(after, conf), "listen", everywhere);
  actions.dovecot = moved ? Action::Restart : Action::Reload;
  actions.dovecotWhy = moved ? "listen changes" : "its files change";
}

// Where this host's spamd is not ours to set up, its files are none of ours.
void decideSpamd(ServiceActions& actions,
                 const Paths& paths,
                 const HostState& before,
                 const HostState& after) {
  if (changed(before, after, paths.spamdDefaults)) {
    actions.spamd = Action::Restart;
    actions.spamdWhy = "its options change";
  } else if (anyChanged(before, after, paths.spamassassin)) {
    actions.spamd = Action::Reload;
    actions.spamdWhy = "its rules change";
  }
}

void startOrStop(Action& action, std::string& why, bool now, bool wanted) {
  if (now && wanted) return;
  action = now ? Action::Stop : wanted ? Action::Start : Action::Nothing;
  why = now ? "it did not run before" : wanted ? "it does not run" : "";
}

// clamd and freshclam read their settings when they start. A freshclam that is
// told of no checks is not to run by itself.
void decideClamav(ServiceActions& actions,
                  const HostState& before,
                  const HostState& after) {
  const auto clamd = kClamav / "clamd.conf";
  const auto freshclam = kClamav / "freshclam.conf";
  if (changed(before, after, clamd))
    actions.units.push_back(
        {"clamav-daemon.service", Action::Restart, "its file changes"});
  if (!changed(before, after, freshclam)) return;
  const bool checks =
      bytesOf(after, freshclam).find("\nChecks ") != std::string::npos;
  actions.units.push_back({"clamav-freshclam.service",
                           checks ? Action::Restart : Action::Stop,
                           "its file changes"});
}

}  // namespace

const char* actionName(Action action) {
  switch (action) {
    case Action::Reload:
      return "reload";
    case Action::Restart:
      return "restart";
    case Action::Start:
      return "start";
    case Action::Stop:
      return "stop";
    case Action::Nothing:
      break;
  }
  return "nothing";
}

ServiceActions decideActions(const Paths& paths,
                             const HostState& before,
                             const HostState& after,
                             Running now,
                             Running wanted) {
  ServiceActions actions;
  decideDovecot(actions, paths, before, after);
  decidePostfix(actions, paths, before, after);
  decideSpamd(actions, paths, before, after);
  decideClamav(actions, before, after);
  startOrStop(actions.dovecot, actions.dovecotWhy, now.dovecot, wanted.dovecot);
  startOrStop(actions.postfix, actions.postfixWhy, now.postfix, wanted.postfix);
  return actions;
}

}  // namespace mailreeve::apply
