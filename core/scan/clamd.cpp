#include "core/scan/clamd.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/base/text.h"

namespace mailreeve::scan {

namespace {

using Steady = std::chrono::steady_clock;

// clamd closes a silent session after 30 s (CommandReadTimeout, IdleTimeout).
constexpr std::chrono::seconds kIdle{15};
constexpr std::size_t kFrame = std::size_t{64} << 10U;
// Bytes that wait for a clamd which is slower than the sender.
constexpr std::size_t kBuffer = std::size_t{256} << 10U;
constexpr std::size_t kReply = 4096;

// clamd(8), INSTREAM: the length in network byte order, then the bytes.
void appendFrame(std::string& to, std::string_view bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    to.push_back(static_cast<char>((length >> shift) & 0xFFU));
  to.append(bytes);
}

class ClamdScan final : public Scan {
 public:
  ClamdScan(std::shared_ptr<Connections> connections, OverLimits overLimits)
      : connections_(std::move(connections)), overLimits_(overLimits) {
    arriving_ = connections_->takeArriving();
    if (arriving_) (void)open(Steady::now(), false);
  }

  void bytes(std::string_view chunk) override {
    if (behind_) return;
    if (!connection_ || unsent_.size() > kBuffer) {
      behind_ = true;
      return;
    }
    frame(chunk);
    (void)push();
    // An engine has little patience with a slow sender.
    retryable_ = true;
  }

  void complete(std::string_view message) override {
    message_ = message;
    if (connection_) (void)refill();
  }

  Result<Finding> answer(Deadline deadline) override {
    auto finding = attempt(deadline);
    if (finding || !retryable_ || Steady::now() >= deadline) return finding;
    // A session that was silent too long may have been closed under us.
    if (auto opened = open(deadline, true); !opened)
      return std::move(opened).error();
    return attempt(deadline);
  }

 private:
  Result<Done> open(Deadline deadline, bool fresh) {
    connection_.reset();
    framed_ = 0;
    ended_ = false;
    auto connection = connections_->connect(deadline, fresh);
    if (!connection) return std::move(connection).error();
    connection_ = *std::move(connection);
    retryable_ = connection_->used > 0;
    unsent_ = connection_->used == 0
                  ? std::string("zIDSESSION\0zINSTREAM\0", 21)
                  : std::string("zINSTREAM\0", 10);
    connection_->used += 1;
    return Done{};
  }

  Result<Finding> attempt(Deadline deadline) {
    if (!answering_) answering_ = connections_->takeAnswering(deadline);
    if (!answering_)
      return Error{ErrorCode::Unavailable,
                   "clamd: too many scans at once, none ended in time"};
    if (!connection_)
      if (auto opened = open(deadline, false); !opened)
        return std::move(opened).error();
    auto reply = converse(deadline);
    if (!reply) {
      connection_.reset();
      return std::move(reply).error();
    }
    retryable_ = false;
    auto finding = parseClamdReply(*reply, connection_->used, overLimits_);
    if (finding && finding->kind != Finding::Kind::TooLarge)
      connections_->keep(*std::move(connection_));
    connection_.reset();
    answering_.reset();
    return finding;
  }

  // Sends what is left and reads one reply. clamd may reply before it has read
  // everything, and then closes: its words count, not the failed send.
  Result<std::string> converse(Deadline deadline) {
    auto& socket = connection_->socket;
    std::string reply;
    std::optional<Error> broken;
    for (;;) {
      if (!broken)
        if (auto sent = refill(); !sent) broken = sent.error();
      auto got = socket.tryReceive(reply, kReply);
      if (!got) return broken ? *broken : std::move(got).error();
      if (const auto end = reply.find('\0'); end != std::string::npos) {
        if (end + 1 != reply.size())
          return Error{ErrorCode::Invalid, "clamd: more than one answer"};
        reply.resize(end);
        return reply;
      }
      if (*got == net::StreamSocket::Got::End)
        return Error{ErrorCode::Unavailable,
                     socket.peer() + ": closed without an answer"};
      if (*got == net::StreamSocket::Got::Bytes) continue;
      if (broken) return *std::move(broken);
      if (auto waited = await(deadline); !waited)
        return std::move(waited).error();
    }
  }

  [[nodiscard]] Result<Done> await(Deadline deadline) const {
    const auto& socket = connection_->socket;
    const bool progress = unsent_.empty() ? socket.awaitAnswer(deadline)
                                          : socket.awaitProgress(deadline);
    if (progress) return Done{};
    return Error{ErrorCode::Unavailable, socket.peer() + ": no answer in time"};
  }

  void frame(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto piece = bytes.substr(0, kFrame);
      appendFrame(unsent_, piece);
      framed_ += piece.size();
      bytes.remove_prefix(piece.size());
    }
  }

  // Hands over what the kernel takes now, up to the end of the message.
  Result<Done> refill() {
    for (;;) {
      if (auto pushed = push(); !pushed) return pushed;
      if (!unsent_.empty() || ended_) return Done{};
      frame(message_.substr(framed_, kBuffer));
      if (framed_ == message_.size()) {
        unsent_.append(4, '\0');
        ended_ = true;
      }
    }
  }

  Result<Done> push() {
    auto sent = connection_->socket.trySend(unsent_);
    if (!sent) return std::move(sent).error();
    unsent_.erase(0, *sent);
    return Done{};
  }

  std::shared_ptr<Connections> connections_;
  OverLimits overLimits_;
  std::optional<Connections::Slot> arriving_;
  std::optional<Connections::Slot> answering_;
  std::optional<Connection> connection_;
  bool retryable_ = false;  // The connection may have been closed meanwhile.
  bool behind_ = false;     // Bytes passed by that were not framed.
  bool ended_ = false;      // The last frame stands in unsent_ or is sent.
  std::size_t framed_ = 0;  // Bytes of the message in frames so far.
  std::string unsent_;      // Frames that the kernel has not taken.
  std::string_view message_;
};

}  // namespace

Clamd::Clamd(net::Endpoint endpoint, std::size_t scans, OverLimits overLimits)
    : connections_(
          std::make_shared<Connections>(std::move(endpoint), scans, kIdle)),
      overLimits_(overLimits) {}

std::unique_ptr<Scan> Clamd::begin() {
  return std::make_unique<ClamdScan>(connections_, overLimits_);
}

Result<std::string> askClamd(const net::Endpoint& endpoint,
                             std::string_view command,
                             Deadline deadline) {
  constexpr std::size_t kMost = std::size_t{64} << 10U;
  auto socket = net::StreamSocket::connect(endpoint, deadline);
  if (!socket) return std::move(socket).error();
  std::string bytes = "n";
  bytes.append(command).append("\n");
  if (auto sent = socket->send(bytes, deadline); !sent)
    return std::move(sent).error();
  auto answer = socket->receiveAll(kMost, deadline);
  if (!answer) return answer;
  return std::string(trim(*answer));
}

}  // namespace mailreeve::scan
