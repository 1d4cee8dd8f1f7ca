#include "core/spam/exchange.h"

#include <utility>

namespace mailreeve::spam {

namespace {

// What an answer may have beyond the message that Process sends back: names,
// report, the fields that were added.
constexpr std::size_t kAnswerRoom = std::size_t{1} << 20U;

}  // namespace

Exchange::Exchange(std::string head, std::string_view message)
    : head_(std::move(head)),
      message_(message),
      most_(kAnswerRoom + head_.size() + message_.size()) {}

void Exchange::advance(const net::Endpoint& endpoint) {
  if (abandoned_ && !allSent_) fail({ErrorCode::Unavailable, "broken off"});
  if (over() || !connected(endpoint)) return;
  send();
  receive();
}

void Exchange::fail(Error why) {
  if (!over()) end(std::move(why));
}

void Exchange::abandon() {
  abandoned_ = true;
  message_ = {};
}

pollfd Exchange::awaits() const {
  const bool sends = !allSent_ && !broken_;
  return {socket_ ? socket_->descriptor() : -1,
          static_cast<short>(sends ? POLLIN | POLLOUT : POLLIN),
          0};
}

std::string_view Exchange::rest() const {
  const std::size_t head = head_.size();
  return sent_ < head ? std::string_view(head_).substr(sent_)
                      : message_.substr(sent_ - head);
}

bool Exchange::connected(const net::Endpoint& endpoint) {
  if (socket_) return true;
  auto socket = net::StreamSocket::tryConnect(endpoint);
  if (!socket)
    end(std::move(socket).error());
  else
    socket_ = *std::move(socket);
  return socket_.has_value();
}

void Exchange::send() {
  if (allSent_ || broken_) return;
  for (auto piece = rest(); !piece.empty(); piece = rest()) {
    const auto taken = socket_->trySend(piece);
    // spamd may refuse before it has read everything: its words tell more than
    // the broken connection does.
    if (!taken) broken_ = taken.error();
    if (!taken) return;
    sent_ += *taken;
    if (*taken < piece.size()) return;
  }
  allSent_ = true;
  socket_->endSending();
}

void Exchange::receive() {
  for (;;) {
    auto got = socket_->tryReceive(answer_, most_);
    if (got && *got == net::StreamSocket::Got::Bytes) continue;
    if (got && *got == net::StreamSocket::Got::Nothing) return;
    if (broken_ && answer_.empty()) return end(*std::move(broken_));
    if (!got) return end(std::move(got).error());
    return end(std::move(answer_));
  }
}

void Exchange::end(Result<std::string> outcome) {
  socket_.reset();
  message_ = {};
  outcome_ = std::move(outcome);
}

}  // namespace mailreeve::spam
