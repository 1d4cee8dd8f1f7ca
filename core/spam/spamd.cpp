#include "core/spam/spamd.h"

#include <utility>

namespace mailreeve::spam {

namespace {

using Steady = std::chrono::steady_clock;

// What an answer may have beyond the message that Process sends back: names,
// report, the fields that were added.
constexpr std::size_t kAnswerRoom = std::size_t{1} << 20U;

}  // namespace

std::shared_ptr<Spamd> Spamd::make(SpamdSettings settings) {
  return std::shared_ptr<Spamd>(new Spamd(std::move(settings)));
}

std::unique_ptr<Spamd::Conversation> Spamd::converse(const Request& request,
                                                     std::string hints,
                                                     std::string_view message) {
  auto head = requestHead(request, hints.size() + message.size());
  if (head) *head += hints;
  auto conversation = std::make_unique<Conversation>(
      shared_from_this(), request.verb, std::move(head), message);
  conversation->advance();
  return conversation;
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
  return underWay_ + waiting_;
}

bool Spamd::takeTurn(std::optional<Deadline> until) {
  std::unique_lock lock(mutex_);
  const auto isFree = [this] { return underWay_ < settings_.maxRequests; };
  if (!isFree()) {
    if (!until) return false;
    waiting_ += 1;
    const bool came = free_.wait_until(lock, *until, isFree);
    waiting_ -= 1;
    if (!came) return false;
  }
  underWay_ += 1;
  return true;
}

void Spamd::giveTurnBack() {
  {
    const std::lock_guard lock(mutex_);
    underWay_ -= 1;
  }
  free_.notify_one();
}

Spamd::Conversation::Conversation(std::shared_ptr<Spamd> spamd,
                                  Verb verb,
                                  Result<std::string> head,
                                  std::string_view message)
    : spamd_(std::move(spamd)),
      verb_(verb),
      head_(std::move(head)),
      message_(message),
      deadline_(Steady::now() + spamd_->settings_.timeLimit) {}

Spamd::Conversation::~Conversation() {
  socket_.reset();
  if (hasTurn_) spamd_->giveTurnBack();
}

void Spamd::Conversation::advance() {
  if (!head_) return;
  if (!hasTurn_) hasTurn_ = spamd_->takeTurn(std::nullopt);
  if (!hasTurn_) return;
  // What fails here is tried again, and told, by finish().
  if (!socket_ && !connect(Steady::now())) return;
  trySendRest();
}

Result<Answer> Spamd::Conversation::finish() {
  if (!head_) return head_.error();
  if (!hasTurn_) hasTurn_ = spamd_->takeTurn(deadline_);
  if (!hasTurn_)
    return Error{ErrorCode::Unavailable,
                 spamd_->settings_.endpoint.text() + ": " +
                     std::to_string(spamd_->settings_.maxRequests) +
                     " requests are under way and none ended in time"};
  if (!socket_)
    if (auto connected = connect(deadline_); !connected)
      return std::move(connected).error();
  auto sent = sendRest();
  auto bytes = socket_->receiveAll(
      kAnswerRoom + head_->size() + message_.size(), deadline_);
  // spamd may refuse before it has read everything: its words tell more than
  // the broken connection does.
  if (!sent && (!bytes || bytes->empty())) return std::move(sent).error();
  if (!bytes) return std::move(bytes).error();
  return parseAnswer(*bytes, verb_);
}

Result<Done> Spamd::Conversation::connect(Deadline deadline) {
  auto socket =
      net::StreamSocket::connect(spamd_->settings_.endpoint, deadline);
  if (!socket) return std::move(socket).error();
  socket_.emplace(*std::move(socket));
  return Done{};
}

std::string_view Spamd::Conversation::rest() const {
  const std::size_t head = head_->size();
  return sent_ < head ? std::string_view(*head_).substr(sent_)
                      : message_.substr(sent_ - head);
}

void Spamd::Conversation::trySendRest() {
  for (auto piece = rest(); !piece.empty(); piece = rest()) {
    const auto taken = socket_->trySend(piece);
    if (!taken) return;
    sent_ += *taken;
    if (*taken < piece.size()) return;
  }
}

Result<Done> Spamd::Conversation::sendRest() {
  for (auto piece = rest(); !piece.empty(); piece = rest()) {
    auto done = socket_->send(piece, deadline_);
    if (!done) return done;
    sent_ += piece.size();
  }
  socket_->endSending();
  return Done{};
}

}  // namespace mailreeve::spam
