// mgmt-helper: the few things that mgmtd needs root for.
//
// It listens on a socket of its own and answers the daemons' user and root, as
// the kernel says who they are. It reads no settings and no environment; what
// it can do is the list in request.h.
#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/net/control.h"
#include "mgmtd/helper/perform.h"

namespace mailreeve::helper {

namespace {

constexpr const char* kUser = "mailreeve";

Result<uid_t> userId(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16384> room{};
  ::getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr)
    return Error{ErrorCode::NotFound, "there is no user " + name};
  return found->pw_uid;
}

int serve(const Paths& paths) {
  const auto user = userId(kUser);
  if (!user) log::fatal(user.error().what);
  const auto socket = paths.helperSocket();
  const uid_t friendly = *user;
  auto server = net::ControlServer::start(
      socket,
      0600,
      [&paths, friendly](const nlohmann::json& request,
                         const net::Peer& peer) -> Result<nlohmann::json> {
        if (peer.uid != 0 && peer.uid != friendly)
          return Error{ErrorCode::Invalid, "not for you"};
        return answer(request, paths);
      });
  if (!server) log::fatal(server.error().what);
  if (::chown(socket.c_str(), friendly, static_cast<gid_t>(-1)) != 0)
    log::fatal(socket.string() + ": chown: " + errnoText(errno));
  log::info("ready");

  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  int signal = 0;
  sigwait(&ending, &signal);
  log::info("ending");
  return 0;
}

}  // namespace

}  // namespace mailreeve::helper

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    std::cout << "mgmt-helper " MAILREEVE_VERSION "\n";
    return 0;
  }
  if (argc != 1) {
    std::cerr << "usage: mgmt-helper [--version]\n";
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  // Blocked before the first thread, so that only sigwait() sees them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  mailreeve::log::open("mailreeve/mgmt-helper", mailreeve::log::Target::Syslog);
  return mailreeve::helper::serve({});
}
