#include "core/net/smtp_client.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/net/stream_socket.h"

namespace mailreeve::net {

namespace {

constexpr std::size_t kAnswer = 64U << 10U;
constexpr std::size_t kAnswerText = 500;
constexpr std::size_t kPiece = 256U << 10U;

// The message as DATA wants it (RFC 5321 section 4.5.2), in pieces.
class DotStuffer {
 public:
  explicit DotStuffer(std::string_view bytes) : bytes_(bytes) {}

  // Empty: there is no more.
  std::string next() {
    std::string out;
    const std::size_t end = std::min(bytes_.size(), at_ + kPiece);
    out.reserve(end - at_ + 64);
    for (; at_ < end; ++at_) {
      const char c = bytes_[at_];
      if (atLineStart_ && c == '.') out += '.';
      atLineStart_ = c == '\n';
      out += c;
    }
    return out;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool atLineStart_ = true;
};

class Conversation {
 public:
  Conversation(StreamSocket socket, StreamSocket::Deadline deadline)
      : socket_(std::move(socket)), deadline_(deadline) {}

  // The server's next answer, all its lines.
  Result<SmtpAnswer> hear() {
    SmtpAnswer answer;
    for (;;) {
      auto line = readLine();
      if (!line) return std::move(line).error();
      const auto code = parseNumber(std::string_view(*line).substr(0, 3));
      if (line->size() < 3 || !code || *code < 200 || *code > 599)
        return Error{ErrorCode::Invalid,
                     socket_.peer() + ": not an SMTP answer: " +
                         printable(line->substr(0, 80))};
      answer.code = static_cast<int>(*code);
      if (answer.text.size() < kAnswerText)
        answer.text += (answer.text.empty() ? "" : " / ") +
                       printable(line->substr(0, kAnswerText));
      if (line->size() == 3 || (*line)[3] != '-') return answer;
    }
  }

  Result<SmtpAnswer> say(const std::string& command) {
    if (auto sent = socket_.send(command + "\r\n", deadline_); !sent)
      return std::move(sent).error();
    return hear();
  }

  Result<SmtpAnswer> sayMessage(const SmtpMail& mail) {
    if (auto sent = socket_.send(mail.prepend, deadline_); !sent)
      return std::move(sent).error();
    DotStuffer stuffed(mail.message);
    for (std::string piece = stuffed.next(); !piece.empty();
         piece = stuffed.next())
      if (auto sent = socket_.send(piece, deadline_); !sent)
        return std::move(sent).error();
    return say(mail.message.ends_with("\r\n") ? "." : "\r\n.");
  }

 private:
  Result<std::string> readLine() {
    for (;;) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        std::string line(trim(std::string_view(buffer_).substr(0, end)));
        buffer_.erase(0, end + 1);
        return line;
      }
      auto more = socket_.receive(buffer_, kAnswer, deadline_);
      if (!more) return std::move(more).error();
      if (!*more)
        return Error{ErrorCode::Unavailable,
                     socket_.peer() + " closed the connection"};
    }
  }

  StreamSocket socket_;
  StreamSocket::Deadline deadline_;
  std::string buffer_;
};

std::string mailFrom(const SmtpMail& mail) {
  return "MAIL FROM:<" + mail.sender + "> BODY=8BITMIME" +
         (mail.envelopeId.empty() ? "" : " ENVID=" + mail.envelopeId);
}

// Everybody who has not been refused by himself gets `answer`.
void answerRest(std::vector<SmtpAnswer>& answers,
                const std::vector<bool>& taken,
                const SmtpAnswer& answer) {
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (taken[i]) answers[i] = answer;
}

// A step before the recipients: false when it was the end for all of them.
bool agreed(Result<SmtpAnswer> answer, SmtpAnswer& refusal, int wanted = 2) {
  if (!answer) {
    refusal = {0, answer.error().what};
    return false;
  }
  refusal = *answer;
  return answer->code / 100 == wanted;
}

}  // namespace

std::vector<SmtpAnswer> sendMail(const Endpoint& server,
                                 const SmtpMail& mail,
                                 std::chrono::milliseconds limit) {
  std::vector<SmtpAnswer> answers(mail.recipients.size());
  std::vector<bool> taken(answers.size(), true);
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto socket = StreamSocket::connect(server, deadline);
  if (!socket) {
    answerRest(answers, taken, {0, socket.error().what});
    return answers;
  }
  Conversation with(*std::move(socket), deadline);
  SmtpAnswer answer;
  if (!agreed(with.hear(), answer) ||
      !agreed(with.say("EHLO " + mail.hello), answer) ||
      !agreed(with.say(mailFrom(mail)), answer)) {
    answerRest(answers, taken, answer);
    return answers;
  }
  bool anybody = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    taken[i] = agreed(with.say("RCPT TO:<" + mail.recipients[i] + ">"), answer);
    answers[i] = answer;
    anybody = anybody || taken[i];
  }
  if (!anybody) return answers;
  if (agreed(with.say("DATA"), answer, 3))
    (void)agreed(with.sayMessage(mail), answer);
  answerRest(answers, taken, answer);
  (void)with.say("QUIT");  // What it answers changes nothing.
  return answers;
}

}  // namespace mailreeve::net
