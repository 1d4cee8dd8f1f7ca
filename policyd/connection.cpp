#include "policyd/connection.h"

#include <cerrno>

#include <sys/socket.h>

namespace mailreeve::policyd {

namespace {

bool wouldBlock() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

Connection::After Connection::receive(const Answerer& answer, Moment now) {
  const bool wasIdle = idle();
  const auto room = in_.room();
  const auto got = ::recv(socket_.get(), room.data(), room.size(), 0);
  if (got < 0 && wouldBlock()) return After::Open;
  if (got <= 0) return After::Closed;
  in_.received(static_cast<std::size_t>(got));

  const auto before = answered_;
  const After outcome = answerAll(answer);
  const After sent = send();
  if (wasIdle || answered_ != before) since_ = now;
  return outcome == After::Open ? sent : outcome;
}

Connection::After Connection::answerAll(const Answerer& answer) {
  for (;;) {
    std::string_view text;
    switch (in_.next(text)) {
      case RequestBuffer::Found::Nothing:
        return After::Open;
      case RequestBuffer::Found::TooLong:
        problem_ = "a request that is too long";
        return After::Malformed;
      case RequestBuffer::Found::Request:
        break;
    }
    const auto request = parseRequest(text);
    if (!request) {
      problem_ = request.error().what;
      return After::Malformed;
    }
    answer(*request, out_);
    ++answered_;
  }
}

Connection::After Connection::flush(Moment now) {
  const After sent = send();
  if (!blocked()) since_ = now;
  return sent;
}

Connection::After Connection::send() {
  while (blocked()) {
    const auto put = ::send(
        socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return wouldBlock() ? After::Open : After::Closed;
    sent_ += static_cast<std::size_t>(put);
  }
  out_.clear();
  sent_ = 0;
  return After::Open;
}

}  // namespace mailreeve::policyd
