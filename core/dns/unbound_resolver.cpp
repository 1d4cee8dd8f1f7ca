#include "core/dns/unbound_resolver.h"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/dns/rdata.h"

namespace mailreeve::dns {

namespace {

constexpr int kInternet = 1;
constexpr int kServfail = 2;
constexpr int kNxdomain = 3;

// What the waiting thread and the pump share.
struct Exchange {
  explicit Exchange(Type asked) : type(asked) {}

  const Type type;
  std::mutex mutex;
  std::condition_variable answered;
  bool done = false;  // Guarded by mutex.
  Answer answer;      // Guarded by mutex.
};

// libunbound carries a plain pointer: it points to this, which the callback
// frees, or who cancels the question in time.
using Hold = std::shared_ptr<Exchange>;

std::string_view bytesOf(const ub_result& result, std::size_t record) {
  return {result.data[record], static_cast<std::size_t>(result.len[record])};
}

Answer readRecords(const ub_result& result, Type type) {
  Answer answer{.status = Status::Found,
                .ttl = static_cast<std::uint32_t>(result.ttl)};
  bool any = false;
  for (std::size_t i = 0; result.data[i] != nullptr; ++i)
    any = addRecord(answer, type, bytesOf(result, i)) || any;
  if (!any) return failed("no record of the answer can be read");
  return answer;
}

Answer readResult(int error, const ub_result* result, Type type) {
  if (error != 0) return failed(::ub_strerror(error));
  if (result == nullptr) return failed("no result");
  if (result->bogus != 0) return failed("the answer is forged (DNSSEC)");
  const auto ttl = static_cast<std::uint32_t>(result->ttl);
  if (result->rcode == kNxdomain)
    return {.status = Status::NoDomain, .ttl = ttl};
  if (result->rcode == kServfail) return failed("SERVFAIL");
  if (result->rcode != 0)
    return failed("response code " + std::to_string(result->rcode));
  if (result->havedata == 0) return {.status = Status::NoData, .ttl = ttl};
  return readRecords(*result, type);
}

// Runs in the pump thread.
void onAnswer(void* data, int error, ub_result* result) {
  const std::unique_ptr<Hold> hold(static_cast<Hold*>(data));
  Exchange& exchange = **hold;
  Answer answer = readResult(error, result, exchange.type);
  ::ub_resolve_free(result);
  const std::lock_guard lock(exchange.mutex);
  exchange.answer = std::move(answer);
  exchange.done = true;
  exchange.answered.notify_one();
}

class UnboundQuery final : public Query {
 public:
  UnboundQuery(ub_ctx* context, int id, Hold exchange, Hold* held)
      : context_(context),
        id_(id),
        exchange_(std::move(exchange)),
        held_(held) {}

  UnboundQuery(const UnboundQuery&) = delete;
  UnboundQuery& operator=(const UnboundQuery&) = delete;
  UnboundQuery(UnboundQuery&&) = delete;
  UnboundQuery& operator=(UnboundQuery&&) = delete;

  ~UnboundQuery() override {
    {
      const std::lock_guard lock(exchange_->mutex);
      if (exchange_->done) return;
    }
    // No error: the callback will not be called. Else it is running, or has
    // run, and frees what it holds.
    if (::ub_cancel(context_, id_) == 0)
      delete held_;  // NOLINT(*-owning-memory)
  }

  [[nodiscard]] Answer wait(Deadline deadline) override {
    std::unique_lock lock(exchange_->mutex);
    const bool done = exchange_->answered.wait_until(
        lock, deadline, [this] { return exchange_->done; });
    return done ? std::move(exchange_->answer) : failed("no answer in time");
  }

 private:
  ub_ctx* context_;
  int id_;
  Hold exchange_;
  Hold* held_;  // Owned by libunbound's question.
};

// Bytes that mean something in a zone file are written as \DDD.
std::string presentation(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && std::strchr("\\\"();@$", c) == nullptr) {
      out += c;
      continue;
    }
    const std::string digits = std::to_string(byte);
    out += '\\' + std::string(3 - digits.size(), '0') + digits;
  }
  return out + '.';
}

Result<Done> check(int error, const std::string& doing) {
  if (error == 0) return Done{};
  return Error{ErrorCode::Invalid, doing + ": " + ::ub_strerror(error)};
}

Result<Done> setOptions(ub_ctx* context, const UnboundOptions& options) {
  const std::string cache = std::to_string(options.cacheBytes);
  const std::pair<const char*, std::string> settings[] = {
      {"module-config:", "iterator"},
      {"do-not-query-localhost:", "no"},
      {"num-queries-per-thread:", "4096"},
      {"outgoing-range:", "4096"},
      {"msg-cache-size:", cache},
      {"rrset-cache-size:", cache},
      {"cache-max-ttl:", "86400"},
      // The same answer in the same order: verdicts do not change by chance.
      {"rrset-roundrobin:", "no"},
      {"cache-max-negative-ttl:", "300"},
      // A name server that was down is asked again soon after it is back.
      {"infra-host-ttl:", "30"},
      {"infra-keep-probing:", "yes"},
      {"unblock-lan-zones:", options.recursive ? "no" : "yes"},
  };
  for (const auto& [name, value] : settings) {
    auto set = check(::ub_ctx_set_option(context, name, value.c_str()), name);
    if (!set) return set;
  }
  return Done{};
}

// libunbound answers for private networks and test names by itself: the root
// servers do not know them. Name servers that we were given may.
Result<Done> leaveLocalNames(ub_ctx* context) {
  return check(::ub_ctx_zone_remove(context, "test."), "test.");
}

Result<Done> setServers(ub_ctx* context, const UnboundOptions& options) {
  for (const auto& forwarder : options.forwarders) {
    auto set = check(::ub_ctx_set_fwd(context, forwarder.c_str()),
                     "forwarder " + forwarder);
    if (!set) return set;
  }
  if (!options.forwarders.empty() || options.recursive) return Done{};
  return check(::ub_ctx_resolvconf(context, nullptr), "/etc/resolv.conf");
}

}  // namespace

void UnboundResolver::DeleteContext::operator()(ub_ctx* context) const {
  ::ub_ctx_delete(context);
}

Result<std::unique_ptr<UnboundResolver>> UnboundResolver::create(
    const UnboundOptions& options) {
  Context context(::ub_ctx_create());
  if (context == nullptr)
    return Error{ErrorCode::Unavailable, "libunbound gives no context"};
  // What libunbound would write to standard error, our log says with the name
  // that was asked for.
  ::ub_ctx_debugout(context.get(), nullptr);
  auto ready = setOptions(context.get(), options);
  if (ready) ready = setServers(context.get(), options);
  if (ready) ready = check(::ub_ctx_async(context.get(), 1), "threads");
  // Ends the time of options: the last.
  if (ready && !options.recursive) ready = leaveLocalNames(context.get());
  if (!ready) return std::move(ready).error().within("DNS");

  Fd stop(::eventfd(0, EFD_CLOEXEC));
  if (!stop.open())
    return Error{ErrorCode::Unavailable, "DNS: eventfd: " + errnoText(errno)};
  return std::unique_ptr<UnboundResolver>(
      new UnboundResolver(std::move(context), std::move(stop)));
}

UnboundResolver::UnboundResolver(Context context, Fd stop)
    : context_(std::move(context)),
      stop_(std::move(stop)),
      pump_([this] { pump(); }) {}

UnboundResolver::~UnboundResolver() {
  const std::uint64_t one = 1;
  while (::write(stop_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  pump_.join();
}

void UnboundResolver::pump() {
  std::array<pollfd, 2> waiting{
      {{::ub_fd(context_.get()), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[1].revents != 0) return;
    if (const int error = ::ub_process(context_.get()); error != 0)
      log::warn(std::string("DNS: ") + ::ub_strerror(error));
  }
}

std::unique_ptr<Query> UnboundResolver::ask(std::string name, Type type) {
  auto exchange = std::make_shared<Exchange>(type);
  auto held = std::make_unique<Hold>(exchange);
  int id = 0;
  const int error = ::ub_resolve_async(context_.get(),
                                       presentation(name).c_str(),
                                       static_cast<int>(type),
                                       kInternet,
                                       held.get(),
                                       onAnswer,
                                       &id);
  if (error != 0)
    return std::make_unique<AnsweredQuery>(failed(::ub_strerror(error)));
  return std::make_unique<UnboundQuery>(
      context_.get(), id, std::move(exchange), held.release());
}

}  // namespace mailreeve::dns
