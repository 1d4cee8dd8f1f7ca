#include "milter/glue.h"

#include <condition_variable>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/network.h"
#include "milter/progress.h"

namespace mailreeve::milter {

namespace {

// What we may do to a message.
constexpr unsigned long kActions = SMFIF_ADDHDRS | SMFIF_CHGHDRS |
                                   SMFIF_CHGBODY | SMFIF_ADDRCPT |
                                   SMFIF_ADDRCPT_PAR | SMFIF_DELRCPT;

// Steps after which the MTA need not wait for us: we answer at DATA and at the
// end of the message only.
constexpr unsigned long kNoReply = SMFIP_NR_CONN | SMFIP_NR_HELO |
                                   SMFIP_NR_MAIL | SMFIP_NR_RCPT |
                                   SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY;

// Steps that tell us nothing. The end of the headers is not among them: without
// it libmilter takes no message that has no header at all.
constexpr unsigned long kNotNeeded = SMFIP_NOUNKNOWN;

// How many messages are at their end, for drainMilter().
class InFlight {
 public:
  void enter() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }

  [[nodiscard]] bool awaitNone(std::chrono::seconds limit) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, limit, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int count_ = 0;  // Guarded by mutex_.
};

// What the callbacks need. Never freed: libmilter's threads may outlive main.
struct Process {
  explicit Process(Services& with) : services(with) {}

  Services& services;
  InFlight inFlight;
  Progress progress;
};

Process* process = nullptr;  // NOLINT(*-non-const-global-variables)

std::string& socketPath() {
  static std::string path;  // Set by listenMilter(), then only read.
  return path;
}

// Behind the context of one connection.
struct Connection {
  explicit Connection(unsigned long agreedNoReply, bool bodyComes)
      : noReply(agreedNoReply), session(process->services, bodyComes) {}

  unsigned long noReply;  // SMFIP_NR_* the MTA agreed to.
  Session session;
};

Connection* connectionOf(SMFICTX* context) {
  return static_cast<Connection*>(smfi_getpriv(context));
}

// libmilter takes no const; it changes nothing.
char* mutableText(const std::string& text) {
  return const_cast<char*>(text.c_str());  // NOLINT(*-const-cast)
}

std::string symbol(SMFICTX* context, const std::string& name) {
  const char* value = smfi_getsymval(context, mutableText(name));
  return value == nullptr ? std::string() : std::string(value);
}

// The end of one message, as the engine may use it. progress() comes from
// another thread: a message that is over sends nothing more.
class ContextMta final : public Mta {
 public:
  explicit ContextMta(SMFICTX* context) : context_(context) {}

  void close() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }

  bool addHeader(const std::string& name, const std::string& value) override {
    return send([&](SMFICTX* to) {
      return smfi_addheader(to, mutableText(name), mutableText(value));
    });
  }

  bool insertHeader(const std::string& name,
                    const std::string& value) override {
    return send([&](SMFICTX* to) {
      return smfi_insheader(to, 0, mutableText(name), mutableText(value));
    });
  }

  bool changeHeader(const std::string& name,
                    std::size_t occurrence,
                    const std::string& value) override {
    return send([&](SMFICTX* to) {
      return smfi_chgheader(to,
                            mutableText(name),
                            static_cast<int>(occurrence),
                            mutableText(value));
    });
  }

  bool deleteHeader(const std::string& name, std::size_t occurrence) override {
    return send([&](SMFICTX* to) {
      return smfi_chgheader(
          to, mutableText(name), static_cast<int>(occurrence), nullptr);
    });
  }

  bool addRecipient(const std::string& address,
                    const std::string& parameters) override {
    const std::string path = "<" + address + ">";
    return send([&](SMFICTX* to) {
      return smfi_addrcpt_par(
          to,
          mutableText(path),
          parameters.empty() ? nullptr : mutableText(parameters));
    });
  }

  bool deleteRecipient(const std::string& address) override {
    const std::string path = "<" + address + ">";
    return send(
        [&](SMFICTX* to) { return smfi_delrcpt(to, mutableText(path)); });
  }

  bool writeBody(std::string_view bytes) override {
    // The length is an int.
    constexpr std::size_t kMost = std::size_t{16} << 20U;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(kMost, bytes.size()))) {
      const auto piece = bytes.substr(0, kMost);
      const auto* from = reinterpret_cast<const unsigned char*>(piece.data());
      const bool sent = send([&](SMFICTX* to) {
        return smfi_replacebody(to,
                                const_cast<unsigned char*>(from),  // NOLINT
                                static_cast<int>(piece.size()));
      });
      if (!sent) return false;
    }
    return true;
  }

  bool progress() override {
    return send([](SMFICTX* to) { return smfi_progress(to); });
  }

 private:
  template <class Call>
  bool send(const Call& call) {
    const std::lock_guard lock(mutex_);
    return context_ != nullptr && call(context_) == MI_SUCCESS;
  }

  std::mutex mutex_;
  SMFICTX* context_;  // Guarded by mutex_.
};

// What is registered, counted and torn down with a message's end.
class AtTheEnd {
 public:
  explicit AtTheEnd(SMFICTX* context)
      : mta_(std::make_shared<ContextMta>(context)) {
    process->inFlight.enter();
    process->progress.add(mta_);
  }

  AtTheEnd(const AtTheEnd&) = delete;
  AtTheEnd& operator=(const AtTheEnd&) = delete;
  AtTheEnd(AtTheEnd&&) = delete;
  AtTheEnd& operator=(AtTheEnd&&) = delete;

  ~AtTheEnd() {
    mta_->close();
    process->progress.remove(mta_);
    process->inFlight.leave();
  }

  [[nodiscard]] Mta& mta() { return *mta_; }

 private:
  std::shared_ptr<ContextMta> mta_;
};

// Runs `work` and lets nothing out of it.
template <class Work>
sfsistat guarded(const char* step, sfsistat otherwise, const Work& work) {
  try {
    return work();
  } catch (const std::exception& e) {
    log::error(std::string(step) + ": " + e.what());
  } catch (...) {
    log::error(std::string(step) + ": an exception of unknown type");
  }
  return otherwise;
}

// A step without an answer. What it loses shows at the next answer: the
// message is spoilt, or there is no connection at all.
template <class Work>
sfsistat silently(const char* step,
                  SMFICTX* context,
                  unsigned long bit,
                  const Work& work) {
  auto* connection = connectionOf(context);
  if (connection == nullptr) return SMFIS_TEMPFAIL;
  const sfsistat quiet =
      (connection->noReply & bit) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
  return guarded(step, quiet, [&] {
    try {
      work(connection->session);
    } catch (...) {
      connection->session.spoil("an internal error");
      throw;
    }
    return quiet;
  });
}

sfsistat say(SMFICTX* context, const Verdict& verdict) {
  if (!verdict.final()) return SMFIS_CONTINUE;
  // What is in quarantine is ours; Postfix needs no copy.
  if (!verdict.refuses()) return SMFIS_DISCARD;
  const auto& reply = verdict.reply;
  const std::string code = std::to_string(reply.code);
  if (smfi_setreply(context,
                    mutableText(code),
                    mutableText(reply.enhanced),
                    mutableText(reply.text)) != MI_SUCCESS)
    log::warn("libmilter does not take the reply " + code + " " +
              reply.enhanced + " " + reply.text);
  return verdict.kind == Verdict::Kind::Reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

// Only the macros we read, so that Postfix looks up no others.
void chooseSymbols(SMFICTX* context) {
  const std::pair<int, std::string> wanted[] = {
      {SMFIM_CONNECT, "{daemon_name}"},
      {SMFIM_HELO, "{tls_version}"},
      {SMFIM_ENVFROM, "{auth_authen}"},
      {SMFIM_ENVRCPT, "i"},
      {SMFIM_DATA, "i"},
      {SMFIM_EOH, "i"},
      {SMFIM_EOM, "i"}};
  for (const auto& [stage, names] : wanted)
    (void)smfi_setsymlist(context, stage, mutableText(names));
}

// An empty text for what is no IP connection.
std::string addressText(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  const auto ip = parseIp(text);
  return ip ? ip->text() : std::string();
}

std::vector<std::string_view> texts(char** list) {
  std::vector<std::string_view> out;
  for (; list != nullptr && *list != nullptr; ++list) out.emplace_back(*list);
  return out;
}

// The callbacks, in the order in which they come. libmilter says what they
// take. NOLINTBEGIN(readability-non-const-parameter)

sfsistat onNegotiate(SMFICTX* context,
                     unsigned long offeredActions,
                     unsigned long offeredSteps,
                     unsigned long,
                     unsigned long,
                     unsigned long* actions,
                     unsigned long* steps,
                     unsigned long* third,
                     unsigned long* fourth) {
  return guarded("negotiate", SMFIS_REJECT, [&] {
    if ((offeredActions & kActions) != kActions) {
      log::error("the MTA does not let us do what we must");
      return SMFIS_REJECT;
    }
    const bool bodyComes = process->services.engine.get()->needsBody();
    unsigned long wanted = kNoReply | kNotNeeded | SMFIP_HDR_LEADSPC;
    if (!bodyComes) wanted |= SMFIP_NOBODY;
    *actions = kActions;
    *steps = wanted & offeredSteps;
    *third = *fourth = 0;
    if ((offeredActions & SMFIF_SETSYMLIST) != 0) {
      *actions |= SMFIF_SETSYMLIST;
      chooseSymbols(context);
    }
    auto connection = std::make_unique<Connection>(
        *steps & kNoReply, (*steps & SMFIP_NOBODY) == 0);
    if (smfi_setpriv(context, connection.get()) != MI_SUCCESS)
      return SMFIS_REJECT;
    (void)connection.release();  // onClose() frees it.
    return SMFIS_CONTINUE;
  });
}

sfsistat onConnect(SMFICTX* context, char* name, _SOCK_ADDR* address) {
  return silently("connect", context, SMFIP_NR_CONN, [&](Session& session) {
    session.connect(name == nullptr ? "" : name,
                    addressText(address),
                    symbol(context, "{daemon_name}"));
  });
}

sfsistat onHelo(SMFICTX* context, char* name) {
  return silently("helo", context, SMFIP_NR_HELO, [&](Session& session) {
    session.helo(name == nullptr ? "" : name);
  });
}

sfsistat onMail(SMFICTX* context, char** arguments) {
  return silently("mail", context, SMFIP_NR_MAIL, [&](Session& session) {
    auto parameters = texts(arguments);
    std::string_view sender;
    if (!parameters.empty()) {
      sender = parameters.front();
      parameters.erase(parameters.begin());
    }
    session.mailFrom(sender, parameters, symbol(context, "{auth_authen}"));
  });
}

sfsistat onRcpt(SMFICTX* context, char** arguments) {
  return silently("rcpt", context, SMFIP_NR_RCPT, [&](Session& session) {
    const auto parameters = texts(arguments);
    session.rcptTo(parameters.empty() ? "" : parameters.front());
  });
}

sfsistat onData(SMFICTX* context) {
  auto* connection = connectionOf(context);
  if (connection == nullptr) return SMFIS_TEMPFAIL;
  return guarded("data", SMFIS_TEMPFAIL, [&] {
    return say(context, connection->session.data(symbol(context, "i")));
  });
}

sfsistat onHeader(SMFICTX* context, char* name, char* value) {
  return silently("header", context, SMFIP_NR_HDR, [&](Session& session) {
    session.header(name, value);
  });
}

sfsistat onEndOfHeader(SMFICTX* context) {
  return silently("end of header", context, SMFIP_NR_EOH, [](Session&) {});
}

sfsistat onBody(SMFICTX* context, unsigned char* bytes, size_t size) {
  return silently("body", context, SMFIP_NR_BODY, [&](Session& session) {
    session.body({reinterpret_cast<const char*>(bytes), size});
  });
}

sfsistat onEnd(SMFICTX* context) {
  auto* connection = connectionOf(context);
  if (connection == nullptr) return SMFIS_TEMPFAIL;
  return guarded("end of message", SMFIS_TEMPFAIL, [&] {
    AtTheEnd end(context);
    return say(
        context,
        connection->session.endOfMessage(symbol(context, "i"), end.mta()));
  });
}

sfsistat onAbort(SMFICTX* context) {
  auto* connection = connectionOf(context);
  return guarded("abort", SMFIS_CONTINUE, [&] {
    if (connection != nullptr) connection->session.abort();
    return SMFIS_CONTINUE;
  });
}

sfsistat onClose(SMFICTX* context) {
  return guarded("close", SMFIS_CONTINUE, [&] {
    const std::unique_ptr<Connection> connection(connectionOf(context));
    (void)smfi_setpriv(context, nullptr);
    return SMFIS_CONTINUE;
  });
}

// NOLINTEND(readability-non-const-parameter)

Error failed(const std::string& what) {
  return {ErrorCode::Unavailable, what};
}

// A connection to the Unix socket `path`, or the errno that refused it.
Result<Fd> knock(const std::string& path, int& code) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Error{ErrorCode::Invalid, path + ": the path is too long"};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  code = 0;
  if (connect(fd.get(),
              reinterpret_cast<const sockaddr*>(&address),
              sizeof address) != 0)
    code = errno;
  return fd;
}

// libmilter would take the path from a living instance; we only take it from
// the dead.
Result<Done> removeStale(const std::string& path) {
  int code = 0;
  auto answer = knock(path, code);
  if (!answer) return std::move(answer).error();
  if (code == ENOENT) return Done{};
  if (code == 0) return failed(path + ": another process listens there");
  if (code != ECONNREFUSED) return failed(path + ": " + errnoText(code));
  if (unlink(path.c_str()) != 0)
    return failed("remove " + path + ": " + errnoText(errno));
  return Done{};
}

Result<Done> registerCallbacks() {
  static std::string name = "milterd";
  smfiDesc filter{};
  filter.xxfi_name = name.data();
  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_flags = kActions | SMFIF_SETSYMLIST;
  filter.xxfi_negotiate = onNegotiate;
  filter.xxfi_connect = onConnect;
  filter.xxfi_helo = onHelo;
  filter.xxfi_envfrom = onMail;
  filter.xxfi_envrcpt = onRcpt;
  filter.xxfi_data = onData;
  filter.xxfi_header = onHeader;
  filter.xxfi_eoh = onEndOfHeader;
  filter.xxfi_body = onBody;
  filter.xxfi_eom = onEnd;
  filter.xxfi_abort = onAbort;
  filter.xxfi_close = onClose;
  if (smfi_register(filter) != MI_SUCCESS)
    return failed("libmilter does not take our callbacks");
  return Done{};
}

Result<Done> openSocket(const ListenOptions& options) {
  if (auto removed = removeStale(options.socket); !removed) return removed;
  std::string address = "unix:" + options.socket;
  if (smfi_setconn(address.data()) != MI_SUCCESS)
    return failed("libmilter does not take " + address);
  (void)smfi_setbacklog(options.backlog);

  // Between bind and chown nobody but us may connect.
  const mode_t before = umask(0777U & ~(options.mode & 0700U));
  const int opened = smfi_opensocket(false);
  umask(before);
  if (opened != MI_SUCCESS)
    return failed("listen on " + options.socket + ": " + errnoText(errno));
  if (options.group != static_cast<gid_t>(-1) &&
      chown(options.socket.c_str(), static_cast<uid_t>(-1), options.group) != 0)
    return failed("give " + options.socket +
                  " to its group: " + errnoText(errno));
  if (chmod(options.socket.c_str(), options.mode) != 0)
    return failed("chmod " + options.socket + ": " + errnoText(errno));
  return Done{};
}

}  // namespace

Result<Done> listenMilter(const ListenOptions& options) {
  socketPath() = options.socket;
  if (auto registered = registerCallbacks(); !registered) return registered;
  return openSocket(options);
}

Result<Done> runMilter(Services& services) {
  process = new Process(services);  // NOLINT(*-owning-memory)
  // The socket's file stays behind: by then it may be that of our successor.
  if (smfi_main() != MI_SUCCESS) return failed("libmilter gave up");
  return Done{};
}

void stopMilter() {
  // smfi_stop() raises its flag, then waits for the listener, which looks up
  // only when somebody knocks, or every 5 s.
  std::promise<void> stopped;
  auto done = stopped.get_future();
  const std::jthread stopper([&stopped] {
    (void)smfi_stop();
    stopped.set_value();
  });
  int code = 0;
  do {
    (void)knock(socketPath(), code);
  } while (done.wait_for(std::chrono::milliseconds(10)) !=
           std::future_status::ready);
}

bool drainMilter(std::chrono::seconds limit) {
  if (!process->inFlight.awaitNone(limit)) return false;
  // The callback is over, but libmilter may still be writing what it returned,
  // and tells nobody when it has.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  return true;
}

}  // namespace mailreeve::milter
