#include "policyd/connection.h"

#include <cerrno>
#include <string_view>

#include <sys/socket.h>

namespace mailreeve::policyd {

namespace {

Connection::Moment now() {
  return CoarseClock::now();
}

Error malformed(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

}  // namespace

Result<Done> Connection::serve(const Answerer& answer,
                               std::atomic<std::uint64_t>& requests) {
  while (receive()) {
    if (!busy_) {
      since_ = now();
      busy_ = true;  // After since_; see there.
    }
    auto answered = answerAll(answer, requests);
    const bool sent = out_.empty() || send();
    if (!answered || !sent) return answered;
    busy_ = in_.partial();
  }
  return Done{};
}

bool Connection::receive() {
  const auto room = in_.room();
  for (;;) {
    const auto got = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    in_.received(static_cast<std::size_t>(got));
    return true;
  }
}

Result<Done> Connection::answerAll(const Answerer& answer,
                                   std::atomic<std::uint64_t>& requests) {
  for (;;) {
    std::string_view text;
    switch (in_.next(text)) {
      case RequestBuffer::Found::Nothing:
        return Done{};
      case RequestBuffer::Found::TooLong:
        return malformed("a request that is too long");
      case RequestBuffer::Found::Request:
        break;
    }
    const auto request = parseRequest(text);
    if (!request) return request.error();
    answer(*request, out_);
    ++requests;
  }
}

// False when the peer is gone. Its slowness is counted from here, and so is
// what it sends next.
bool Connection::send() {
  since_ = now();
  std::string_view rest = out_;
  while (!rest.empty()) {
    const auto put =
        ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  out_.clear();
  hasAsked_ = true;
  return true;
}

void Connection::stopReceiving() const {
  (void)::shutdown(socket_.get(), SHUT_RD);
}

void Connection::end() const {
  (void)::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace mailreeve::policyd
