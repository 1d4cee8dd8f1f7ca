#include "mgmtd/cli/ask.h"

#include <unistd.h>

#include "core/base/log.h"
#include "core/net/control.h"
#include "core/net/unix_socket.h"
#include "mgmtd/api/access.h"
#include "mgmtd/api/api.h"
#include "mgmtd/helper/perform.h"
#include "mgmtd/jobs/standard.h"

namespace mailreeve::cli {

using nlohmann::json;

namespace {

// An import of many thousand accounts is one request.
constexpr std::chrono::minutes kLimit{10};

}  // namespace

struct Management::Local {
  explicit Local(const Paths& paths)
      : scheduler(jobs::standardJobs(paths, clock, helperOf(paths)),
                  paths.stateDatabase(),
                  clock,
                  0),
        api({paths, clock, helperOf(paths), scheduler}) {}

  static api::Helper helperOf(const Paths& paths) {
    return
        [paths](const json& request) { return helper::answer(request, paths); };
  }

  SystemClock clock;
  jobs::Scheduler scheduler;  // Never started: it only tells.
  api::Api api;
};

Management::Management(const Context& context) : paths_(context.paths) {}

Management::~Management() = default;

Result<json> Management::askLocal(const json& request) {
  net::Peer self;
  self.uid = ::getuid();
  self.pid = ::getpid();
  return local_->api.handle(request, self);
}

Result<json> Management::ask(const json& request) {
  const auto socket = paths_.control("mgmtd");
  if (!decided_) {
    // Only whether somebody listens decides: an answer that says no is one.
    const auto listens = net::connectUnix(socket, std::chrono::seconds(5));
    if (!listens && ::geteuid() != 0)
      return Error{ErrorCode::Unavailable,
                   listens.error().what +
                       "\n(mgmtd must run, and you be root "
                       "or a member of group " +
                       api::kAdminGroup + ")"};
    if (!listens) {
      log::open("mgmtctl", log::Target::Syslog);
      local_ = std::make_unique<Local>(paths_);
    }
    decided_ = true;
  }
  if (local_) return askLocal(request);
  return net::call(socket, request, kLimit);
}

}  // namespace mailreeve::cli
