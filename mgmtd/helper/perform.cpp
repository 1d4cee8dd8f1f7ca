#include "mgmtd/helper/perform.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/directory/login_policies.h"
#include "core/store/accounts.h"
#include "mgmtd/helper/remove_tree.h"

namespace mailreeve::helper {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t kQueued = 2000;  // Messages of one answer.

Result<Finished> command(const std::vector<std::string>& argv) {
  auto done = run(argv, {.limit = 60s, .outputLimit = std::size_t{16} << 20U});
  if (!done) return done;
  if (done->status == 0) return done;
  return Error{ErrorCode::Invalid,
               argv.front() + " ended with " + std::to_string(done->status) +
                   ": " +
                   std::string(trim(printable(done->err.substr(0, 500))))};
}

// What matters is that the command ended well.
Result<json> only(Result<Finished> done) {
  if (!done) return std::move(done).error();
  return json::object();
}

class Performer {
 public:
  explicit Performer(const Paths& paths) : paths_(paths) {}

  Result<json> operator()(const RefreshLoginPolicy&) const {
    auto policy = directory::loadPolicy(paths_.currentYaml());
    if (!policy) return std::move(policy).error();
    const SystemClock clock;
    auto accounts = store::Accounts::open(paths_.stateDatabase(), clock);
    if (!accounts) return std::move(accounts).error();
    auto listed = accounts->list("");
    if (!listed) return std::move(listed).error();
    std::vector<std::string> addresses;
    addresses.reserve(listed->size());
    for (const auto& account : *listed) addresses.push_back(account.address());
    auto written = directory::writeLoginPolicy(paths_, **policy, addresses);
    if (!written) return std::move(written).error();
    return json::object();
  }

  Result<json> operator()(const Reload& reload) const {
    if (reload.service == Service::Postfix)
      return only(command({"postfix", "reload"}));
    return only(command({"doveadm", "reload"}));
  }

  Result<json> operator()(const AskStatus& ask) const {
    // Both say by their status alone whether the master runs.
    const std::vector<std::string> argv =
        ask.service == Service::Postfix
            ? std::vector<std::string>{"postfix", "status"}
            : std::vector<std::string>{"doveadm", "process", "status"};
    auto done = run(argv, {.limit = 10s});
    if (!done) return std::move(done).error();
    return json{{"running", done->status == 0}};
  }

  Result<json> operator()(const PruneGeneration& prune) const {
    auto gone = removeGeneration(paths_.generations(), prune.number);
    if (!gone) return std::move(gone).error();
    return json::object();
  }

  Result<json> operator()(const ListQueue&) const {
    auto listed = command({"postqueue", "-j"});
    if (!listed) return std::move(listed).error();
    json messages = json::array();
    for (const auto line : split(listed->out, '\n')) {
      json message = json::parse(line, nullptr, false);
      if (message.is_object()) messages.push_back(std::move(message));
      if (messages.size() == kQueued) break;
    }
    return json{{"messages", std::move(messages)}};
  }

  Result<json> operator()(const ChangeQueue& change) const {
    const char* option = "-h";
    if (change.action == QueueAction::Delete) option = "-d";
    if (change.action == QueueAction::Release) option = "-H";
    if (change.action == QueueAction::Requeue) option = "-r";
    return only(command({"postsuper", option, change.queueId}));
  }

  // As the owner of all mail, so that no link in a mailbox leads further than
  // that user may go.
  Result<json> operator()(const PurgeMail& purge) const {
    return only(command({"setpriv",
                         "--reuid=vmail",
                         "--regid=vmail",
                         "--clear-groups",
                         "--no-new-privs",
                         "rm",
                         "-rf",
                         "--one-file-system",
                         "--",
                         purge.mailbox.string()}));
  }

 private:
  const Paths& paths_;
};

}  // namespace

Result<json> perform(const Request& request, const Paths& paths) {
  return std::visit(Performer(paths), request);
}

Result<json> answer(const json& request, const Paths& paths) {
  auto parsed = parseRequest(request);
  if (!parsed) return std::move(parsed).error();
  auto done = perform(*parsed, paths);
  const std::string verb = request["do"].get<std::string>();
  if (!done)
    log::warn(verb + ": " + done.error().what);
  else if (!std::holds_alternative<AskStatus>(*parsed) &&
           !std::holds_alternative<ListQueue>(*parsed))
    log::info(verb + " done");
  return done;
}

}  // namespace mailreeve::helper
