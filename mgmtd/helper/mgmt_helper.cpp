// mgmt-helper: the few things that mgmtd needs root for.
//
// It listens on a socket of its own and answers the daemons' user and root, as
// the kernel says who they are. It reads no settings and no environment: what
// it can do is the list in request.h.
#include <array>
#include <cerrno>
#include <csignal>

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/net/control.h"
#include "mgmtd/helper/options.h"
#include "mgmtd/helper/perform.h"

namespace mailreeve::helper {

namespace {

constexpr const char* kUser = "mailreeve";

sigset_t signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&set, signal);
  return set;
}

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
  // Not through a link: the directory is that user's.
  if (::lchown(socket.c_str(), friendly, static_cast<gid_t>(-1)) != 0)
    log::fatal(socket.string() + ": chown: " + errnoText(errno));
  log::info("ready");

  const sigset_t set = signals();
  int signal = 0;
  sigwait(&set, &signal);
  log::info("ending");
  return 0;
}

}  // namespace

}  // namespace mailreeve::helper

int main(int argc, char** argv) {
  const auto options = mailreeve::helper::parseOptions({argv + 1, argv + argc});
  const auto ending = mailreeve::helper::answerOptions(options, "mgmt-helper");
  if (ending.end) return ending.status;
  ::signal(SIGPIPE, SIG_IGN);
  // Blocked before the first thread, so that only sigwait() sees them.
  const sigset_t set = mailreeve::helper::signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  mailreeve::log::open("mgmt-helper", options->log);
  return mailreeve::helper::serve(options->paths);
}
