#include "mgmtd/helper/perform.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/directory/expiring_clients.h"
#include "core/directory/login_policies.h"
#include "core/store/accounts.h"
#include "mgmtd/helper/remove_tree.h"

namespace mailreeve::helper {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t kQueued = 2000;  // Messages of one answer.

constexpr const char* kUpdateUnit = "mailreeve-spam-update.service";

// Debian's: sa-update's own default is not debian-spamd's to write.
constexpr const char* kUpdateKeys = "/var/lib/spamassassin/sa-update-keys";

constexpr auto kLongCommand = 110s;  // mgmtd waits for two minutes.

// The last lines of `text`, whole ones, of at most `bytes`.
std::string lastLines(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto begin = text.find('\n', text.size() - bytes - 1);
  return begin == std::string::npos ? text.substr(text.size() - bytes)
                                    : text.substr(begin + 1);
}

std::string ending(const Finished& done) {
  return "ended with " + std::to_string(done.status) + ": " +
         std::string(trim(printable(done.err.substr(0, 500))));
}

Result<Finished> command(const std::vector<std::string>& argv,
                         std::chrono::milliseconds limit = 60s) {
  auto done =
      run(argv, {.limit = limit, .outputLimit = std::size_t{16} << 20U});
  if (!done) return done;
  if (done->status == 0) return done;
  return Error{ErrorCode::Invalid, argv.front() + " " + ending(*done)};
}

// The command as `user` and its group, who never becomes anybody else.
std::vector<std::string> asUser(const std::string& user,
                                const std::vector<std::string>& argv) {
  std::vector<std::string> out{"setpriv",
                               "--reuid=" + user,
                               "--regid=" + user,
                               "--clear-groups",
                               "--no-new-privs"};
  out.insert(out.end(), argv.begin(), argv.end());
  return out;
}

// What matters is that the command ended well.
Result<json> only(Result<Finished> done) {
  if (!done) return std::move(done).error();
  return json::object();
}

// sa-update(1p): 0 there is something new, 1 there is not, 3 there is and
// another channel failed.
constexpr int kNews = 0;
constexpr int kNoNews = 1;
constexpr int kSomeNews = 3;

Result<bool> foundNews(const Finished& done) {
  if (done.status == kSomeNews)
    log::warn("sa-update: a channel failed: " +
              std::string(trim(printable(done.err.substr(0, 500)))));
  if (done.status == kNews || done.status == kSomeNews) return true;
  if (done.status == kNoNews) return false;
  return Error{ErrorCode::Unavailable, ending(done)};
}

// The unit takes all three for success, and remembers which it was.
Result<bool> unitFoundNews(const Finished& started) {
  if (started.status != 0)
    return Error{ErrorCode::Unavailable, ending(started)};
  auto shown = command({"systemctl",
                        "show",
                        "--property=ExecMainStatus",
                        "--value",
                        kUpdateUnit});
  if (!shown) return std::move(shown).error();
  const auto status = trim(shown->out);
  if (status == std::to_string(kSomeNews))
    log::warn("sa-update: a channel failed; see the journal of " +
              std::string(kUpdateUnit));
  return status != std::to_string(kNoNews);
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
    auto addresses = accounts->addresses();
    if (!addresses) return std::move(addresses).error();
    auto written = directory::writeLoginPolicy(paths_, **policy, *addresses);
    if (!written) return std::move(written).error();
    return json::object();
  }

  Result<json> operator()(const RefreshExpiringClients&) const {
    auto policy = directory::loadPolicy(paths_.currentYaml());
    if (!policy) return std::move(policy).error();
    auto changed = directory::writeExpiringClients(
        paths_, (*policy)->settings(), SystemClock().now());
    if (!changed) return std::move(changed).error();
    if (*changed)
      if (auto told = command({"postfix", "reload"}); !told)
        return std::move(told).error();
    return json{{"changed", *changed}};
  }

  // With a log of its own: that of the freshclam which runs as a daemon is
  // locked.
  Result<json> operator()(const UpdateSignatures&) const {
    auto done = run({"freshclam", "--stdout", "--log=/dev/null"},
                    {.limit = kLongCommand});
    if (!done) return std::move(done).error();
    const std::string said(trim(lastLines(done->out, 4000)));
    if (done->status == 0) return json{{"said", said}};
    return Error{ErrorCode::Unavailable,
                 "freshclam ended with " + std::to_string(done->status) + ": " +
                     printable(replaceAll(lastLines(said, 500), "\n", "; "))};
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

  Result<json> operator()(const ExpireJunk& expire) const {
    return only(command({"doveadm",
                         "expunge",
                         "-A",
                         "mailbox",
                         "Junk",
                         "savedbefore",
                         std::to_string(expire.days) + "d"},
                        kLongCommand));
  }

  // Where systemd runs, it starts our unit, which may reach the network; this
  // process may not.
  Result<json> operator()(const UpdateSpamRules&) const {
    const bool systemd = std::filesystem::exists("/run/systemd/system");
    const std::vector<std::string> argv =
        systemd ? std::vector<std::string>{"systemctl", "start", kUpdateUnit}
                : asUser("debian-spamd",
                         // Others read the rules; our umask is for secrets.
                         {"sh",
                          "-c",
                          "umask 022; exec \"$@\"",
                          "sh",
                          "sa-update",
                          "--gpghomedir",
                          kUpdateKeys,
                          "--channelfile",
                          paths_.spamassassin / "mailreeve.channels",
                          "--gpgkeyfile",
                          paths_.spamassassin / "mailreeve.keys"});
    auto done = run(argv, {.limit = kLongCommand});
    if (!done) return std::move(done).error();
    const auto news = systemd ? unitFoundNews(*done) : foundNews(*done);
    if (!news) return Error(news.error()).within(argv.front());
    if (!*news) return json{{"news", false}};
    auto told = command(
        systemd ? std::vector<std::string>{"systemctl",
                                           "try-reload-or-restart",
                                           "spamd.service"}
                : std::vector<std::string>{"/etc/init.d/spamd", "restart"});
    if (!told) return std::move(told).error();
    return json{{"news", true}};
  }

  // As the owner of all mail, so that no link in a mailbox leads further than
  // that user may go.
  Result<json> operator()(const PurgeMail& purge) const {
    return only(command(asUser(
        "vmail",
        {"rm", "-rf", "--one-file-system", "--", purge.mailbox.string()})));
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
