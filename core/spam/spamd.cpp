#include "core/spam/spamd.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <exception>
#include <utility>
#include <vector>

#include <sys/eventfd.h>

#include "core/base/file.h"

namespace mailreeve::spam {

namespace {

using Steady = std::chrono::steady_clock;

// How soon a listener whose queue was full is tried again.
constexpr std::chrono::milliseconds kAgain{10};

}  // namespace

std::shared_ptr<Spamd> Spamd::make(SpamdSettings settings) {
  return std::shared_ptr<Spamd>(new Spamd(std::move(settings)));
}

Spamd::~Spamd() = default;

std::unique_ptr<Spamd::Conversation> Spamd::converse(const Request& request,
                                                     std::string hints,
                                                     std::string_view message) {
  auto turn = requestHead(request, hints.size() + message.size())
                  .then([&](std::string head) {
                    return enqueue(Exchange(head + hints, message));
                  });
  return std::make_unique<Conversation>(
      shared_from_this(), request.verb, std::move(turn));
}

std::unique_ptr<Spamd::Conversation> Spamd::begin(Verb verb,
                                                  std::string hints,
                                                  std::string_view message) {
  return converse({verb, settings_.user}, std::move(hints), message);
}

Result<Answer> Spamd::ask(Verb verb,
                          std::string hints,
                          std::string_view message) {
  return begin(verb, std::move(hints), message)->finish();
}

Result<Answer> Spamd::teach(Lesson lesson, std::string_view message) {
  return converse({Verb::Tell, settings_.user, lesson}, {}, message)->finish();
}

Result<Done> Spamd::ping() {
  auto answer = converse({Verb::Ping}, {}, {})->finish();
  if (!answer) return std::move(answer).error();
  return Done{};
}

std::size_t Spamd::load() const {
  const std::lock_guard lock(mutex_);
  return underWay_.size() + waiting_.size();
}

Result<std::shared_ptr<Spamd::Turn>> Spamd::enqueue(Exchange exchange) {
  auto turn = std::make_shared<Turn>(std::move(exchange));
  {
    const std::lock_guard lock(mutex_);
    if (auto started = start(); !started) return std::move(started).error();
    turn->since = Steady::now();
    waiting_.push_back(turn);
  }
  wake();
  return turn;
}

// The thread keeps the time for everybody: what has no answer is failed there.
Result<std::string> Spamd::await(Turn& turn) {
  std::unique_lock lock(mutex_);
  turn.awaited = true;
  turn.over.wait(lock, [&turn] { return turn.exchange.over(); });
  return turn.exchange.take();
}

void Spamd::drop(const std::shared_ptr<Turn>& turn) {
  {
    const std::lock_guard lock(mutex_);
    if (turn->exchange.over() || waiting_.remove(turn) > 0) return;
    turn->exchange.abandon();
  }
  wake();
}

Result<Done> Spamd::start() {
  if (thread_.joinable()) return Done{};
  wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.open())
    return Error{ErrorCode::Unavailable, "spamd: eventfd: " + errnoText(errno)};
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::exception& e) {
    return Error{ErrorCode::Unavailable, std::string("spamd: ") + e.what()};
  }
  return Done{};
}

void Spamd::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

void Spamd::run(const std::stop_token& stop) {
  const std::stop_callback stopping(stop, [this] { wake(); });
  std::vector<pollfd> polled;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    goOn(Steady::now());
    polled.assign(1, {wake_.get(), POLLIN, 0});
    for (const auto& turn : underWay_)
      polled.push_back(turn->exchange.awaits());
    const auto most =
        std::chrono::ceil<std::chrono::milliseconds>(soonest() - Steady::now());
    lock.unlock();
    // Only this thread closes what is polled.
    (void)::poll(
        polled.data(),
        polled.size(),
        static_cast<int>(std::clamp<std::int64_t>(most.count(), 0, INT_MAX)));
    std::uint64_t woken = 0;
    (void)!::read(wake_.get(), &woken, sizeof woken);
    lock.lock();
  }
}

void Spamd::goOn(Time now) {
  goOnUnderWay(now);
  giveUp(now);
  giveTurns(now);
}

void Spamd::goOnUnderWay(Time now) {
  for (auto at = underWay_.begin(); at != underWay_.end();) {
    Turn& turn = **at;
    advance(turn);
    if (now >= turn.since + settings_.timeLimit)
      turn.exchange.fail({ErrorCode::Unavailable,
                          settings_.endpoint.text() + ": no answer in time"});
    if (!turn.exchange.over()) {
      ++at;
      continue;
    }
    if (turn.exchange.answered()) lastAnswer_ = now;
    turn.over.notify_all();
    at = underWay_.erase(at);
  }
}

void Spamd::advance(Turn& turn) const {
  try {
    turn.exchange.advance(settings_.endpoint);
  } catch (const std::exception& e) {
    turn.exchange.fail({ErrorCode::Internal, e.what()});
  }
}

void Spamd::giveUp(Time now) {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    Turn& turn = **at;
    if (now < limitOf(turn)) {
      ++at;
      continue;
    }
    turn.exchange.fail({ErrorCode::Unavailable,
                        settings_.endpoint.text() + ": " +
                            std::to_string(settings_.maxRequests) +
                            " requests are under way and none ended in time"});
    turn.over.notify_all();
    at = waiting_.erase(at);
  }
}

void Spamd::giveTurns(Time now) {
  while (underWay_.size() < settings_.maxRequests && !waiting_.empty()) {
    const auto turn = next();
    (*turn)->since = now;
    advance(**turn);
    underWay_.splice(underWay_.end(), waiting_, turn);
  }
}

// First come, first served; but who has something else to do yet, and may be
// refused before spamd is asked for its opinion, lets others go first.
Spamd::Turns::iterator Spamd::next() {
  const auto awaited =
      std::find_if(waiting_.begin(), waiting_.end(), [](const auto& turn) {
        return turn->awaited;
      });
  return awaited != waiting_.end() ? awaited : waiting_.begin();
}

Spamd::Time Spamd::limitOf(const Turn& waiting) const {
  return std::min(std::max(waiting.since, lastAnswer_) + settings_.timeLimit,
                  waiting.since + settings_.longestWait);
}

// When something is to be done though nothing comes.
Spamd::Time Spamd::soonest() const {
  const auto now = Steady::now();
  Time soonest = now + std::chrono::hours(1);
  for (const auto& turn : underWay_) {
    soonest = std::min(soonest, turn->since + settings_.timeLimit);
    if (turn->exchange.over()) soonest = now;
    if (turn->exchange.awaits().fd < 0)
      soonest = std::min(soonest, now + kAgain);
  }
  for (const auto& turn : waiting_) soonest = std::min(soonest, limitOf(*turn));
  return soonest;
}

Spamd::Conversation::Conversation(std::shared_ptr<Spamd> spamd,
                                  Verb verb,
                                  Result<std::shared_ptr<Turn>> turn)
    : spamd_(std::move(spamd)), verb_(verb), turn_(std::move(turn)) {}

Spamd::Conversation::~Conversation() {
  if (turn_) spamd_->drop(*turn_);
}

Result<Answer> Spamd::Conversation::finish() {
  if (!turn_) return turn_.error();
  return spamd_->await(**turn_).then(
      [this](const std::string& bytes) { return parseAnswer(bytes, verb_); });
}

}  // namespace mailreeve::spam
