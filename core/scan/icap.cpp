#include "core/scan/icap.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/scan/icap_request.h"
#include "core/scan/test_message.h"

namespace mailreeve::scan {

namespace {

using Steady = std::chrono::steady_clock;
using Got = net::StreamSocket::Got;

constexpr std::chrono::seconds kIdle{15};
// Bytes that wait for a server which is slower than the sender.
constexpr std::size_t kBuffer = std::size_t{256} << 10U;
constexpr std::size_t kReceived = std::size_t{256} << 10U;
constexpr int kProofs = 3;  // For one message.

Error closed(const net::StreamSocket& socket) {
  return {ErrorCode::Unavailable, socket.peer() + ": closed without an answer"};
}

// Waits for a whole head and takes it off `received`.
Result<IcapResponse> readHead(net::StreamSocket& socket,
                              std::string& received,
                              Deadline deadline) {
  for (;;) {
    auto head = parseIcapHead(received);
    if (!head) return std::move(head).error();
    if (*head) {
      received.erase(0, (*head)->length);
      return std::move((*head)->response);
    }
    auto more = socket.receive(received, kReceived, deadline);
    if (!more) return std::move(more).error();
    if (!*more) return closed(socket);
  }
}

Result<IcapOptions> optionsOn(net::StreamSocket& socket,
                              const IcapKnowledge& knowledge,
                              Deadline deadline) {
  auto sent = socket.send(optionsRequest(knowledge.uri(), knowledge.service()),
                          deadline);
  if (!sent) return std::move(sent).error();
  std::string received;
  auto response = readHead(socket, received, deadline);
  if (!response) return std::move(response).error();
  return parseIcapOptions(*response);
}

class IcapScan final : public Scan {
 public:
  IcapScan(std::shared_ptr<Connections> connections,
           std::shared_ptr<IcapKnowledge> knowledge)
      : connections_(std::move(connections)), knowledge_(std::move(knowledge)) {
    arriving_ = connections_->takeArriving();
    options_ = knowledge_->options();
    if (arriving_ && options_) (void)open(Steady::now(), false);
  }

  void bytes(std::string_view chunk) override {
    if (behind_) return;
    if (!connection_ || body_.size() > kBuffer) {
      behind_ = true;
      return;
    }
    take(chunk);
    (void)push();
    // A server has little patience with a slow sender.
    retryable_ = true;
  }

  void complete(std::string_view message) override {
    message_ = message;
    complete_ = true;
    if (connection_) (void)refill();
  }

  Result<Finding> answer(Deadline deadline) override {
    auto finding = answerOnce(deadline);
    for (int i = 0; i < kProofs; ++i) {
      if (!finding || finding->kind != Finding::Kind::Clean ||
          knowledge_->isProven(tag_))
        return finding;
      if (auto proven = prove(deadline); !proven)
        return std::move(proven).error();
      // Another one may have answered, or the same after it has changed.
      if (!knowledge_->isProven(tag_)) finding = answerOnce(deadline);
    }
    if (!knowledge_->isProven(tag_))
      return Error{ErrorCode::Unavailable,
                   knowledge_->uri() + ": another ISTag with each answer"};
    return finding;
  }

  // In place of a message.
  Result<Done> showTestVirus(Deadline deadline) {
    complete(testMessage());
    auto finding = answerOnce(deadline);
    if (!finding) return std::move(finding).error().within("test virus");
    if (finding->kind != Finding::Kind::Infected)
      return Error{ErrorCode::Unavailable,
                   knowledge_->uri() + ": does not find the test virus"};
    return Done{};
  }

 private:
  // The preview is sent and nothing more until the server wants it; without a
  // preview everything goes at once (RFC 3507 section 4.5).
  enum class Stage { Preview, AwaitContinue, Body };

  Result<Done> prove(Deadline deadline) {
    IcapScan test(connections_, knowledge_);
    auto shown = test.showTestVirus(deadline);
    if (shown) knowledge_->prove(test.tag_);
    return shown;
  }

  Result<Finding> answerOnce(Deadline deadline) {
    auto finding = attempt(deadline);
    if (finding || !retryable_ || Steady::now() >= deadline) return finding;
    // A connection that was silent too long may have been closed under us.
    if (auto opened = open(deadline, true); !opened)
      return std::move(opened).error();
    return attempt(deadline);
  }

  Result<Done> open(Deadline deadline, bool fresh) {
    connection_.reset();
    auto connection = connections_->connect(deadline, fresh);
    if (!connection) return std::move(connection).error();
    connection_ = *std::move(connection);
    retryable_ = connection_->used > 0;
    connection_->used += 1;
    taken_ = 0;
    ended_ = false;
    head_.clear();
    body_.clear();
    received_.clear();
    preview_ = knowledge_->service().preview ? options_->preview : std::nullopt;
    stage_ = preview_ ? Stage::Preview : Stage::Body;
    if (stage_ == Stage::Body)
      head_ = scanRequest(knowledge_->uri(), knowledge_->service(), {});
    return Done{};
  }

  Result<Done> prepare(Deadline deadline) {
    if (!answering_) answering_ = connections_->takeAnswering(deadline);
    if (!answering_)
      return Error{ErrorCode::Unavailable,
                   "icap: too many scans at once, none ended in time"};
    if (connection_) return Done{};
    if (!options_) options_ = knowledge_->options();
    if (!options_) {
      auto connection = connections_->connect(deadline, true);
      if (!connection) return std::move(connection).error();
      auto options = optionsOn(connection->socket, *knowledge_, deadline);
      if (!options) return std::move(options).error();
      knowledge_->learn(*options);
      options_ = *std::move(options);
    }
    const bool request = knowledge_->service().method == IcapMethod::Request;
    if (request ? !options_->request : !options_->response)
      return Error{ErrorCode::Invalid,
                   knowledge_->uri() + ": takes no " +
                       std::string(request ? "REQMOD" : "RESPMOD")};
    return open(deadline, false);
  }

  Result<Finding> attempt(Deadline deadline) {
    if (auto prepared = prepare(deadline); !prepared)
      return std::move(prepared).error();
    auto response = converse(deadline);
    auto finding = response ? judge(*response, deadline)
                            : Result<Finding>(std::move(response).error());
    connection_.reset();
    if (finding) {
      retryable_ = false;
      answering_.reset();
    }
    return finding;
  }

  // Sends what is left and reads the final response's head. A server may decide
  // before it has everything: its words count, not the failed send.
  Result<IcapResponse> converse(Deadline deadline) {
    auto& socket = connection_->socket;
    std::optional<Error> broken;
    for (;;) {
      if (!broken)
        if (auto sent = refill(); !sent) broken = sent.error();
      auto got = socket.tryReceive(received_, kReceived);
      if (!got) return broken ? *broken : std::move(got).error();
      auto head = parseIcapHead(received_);
      if (!head) return std::move(head).error();
      if (*head) {
        received_.erase(0, (*head)->length);
        if ((*head)->response.code != 100) return std::move((*head)->response);
        if (stage_ != Stage::AwaitContinue)
          return Error{ErrorCode::Invalid,
                       socket.peer() + ": 100 Continue without a preview"};
        stage_ = Stage::Body;
        continue;
      }
      if (*got == Got::End) return closed(socket);
      if (*got == Got::Bytes) continue;
      if (broken) return *std::move(broken);
      const bool sends =
          !head_.empty() || (stage_ == Stage::Body && !body_.empty());
      if (!(sends ? socket.awaitProgress(deadline)
                  : socket.awaitAnswer(deadline)))
        return Error{ErrorCode::Unavailable,
                     socket.peer() + ": no answer in time"};
    }
  }

  Result<Finding> judge(const IcapResponse& response, Deadline deadline) {
    Finding finding;
    finding.engine = "icap";
    tag_ = response.tag();
    knowledge_->saw(tag_);
    if (auto name = infectionOf(response)) {
      finding.kind = Finding::Kind::Infected;
      finding.virus = *std::move(name);
      return finding;
    }
    if (response.code == 204) {
      keep(response);
      return finding;
    }
    if (response.code != 200)
      return Error{ErrorCode::Unavailable,
                   knowledge_->uri() + ": answered with " + response.reason};
    auto same = unchanged(response, deadline);
    if (!same) return std::move(same).error();
    if (*same) return finding;
    // It would show something else in the message's place.
    finding.kind = Finding::Kind::Infected;
    finding.virus = "blocked-by-the-service";
    return finding;
  }

  // Whether a 200 gives the message back as it was (RFC 3507 section 4.8.3: a
  // server may, although it could have said 204).
  Result<bool> unchanged(const IcapResponse& response, Deadline deadline) {
    auto parts = parseEncapsulated(response);
    if (!parts) return std::move(parts).error();
    const bool request = knowledge_->service().method == IcapMethod::Request;
    if (parts->response == request || !parts->body) return false;
    auto& socket = connection_->socket;
    while (received_.size() < parts->bodyAt) {
      auto more = socket.receive(received_, kReceived, deadline);
      if (!more) return std::move(more).error();
      if (!*more) return closed(socket);
    }
    const auto http = std::string_view(received_).substr(0, parts->bodyAt);
    if (!request && httpStatus(http) != 200) return false;
    received_.erase(0, parts->bodyAt);
    ChunkedComparison comparison(message_);
    for (;;) {
      auto state = comparison.take(received_);
      if (!state) return std::move(state).error();
      if (*state != ChunkedComparison::State::More)
        return *state == ChunkedComparison::State::Same;
      received_.clear();
      if (auto sent = refill(); !sent) return std::move(sent).error();
      auto more = socket.receive(received_, kReceived, deadline);
      if (!more) return std::move(more).error();
      if (!*more) return closed(socket);
    }
  }

  // Only a connection on which both have said all they had to say is good for
  // another message.
  void keep(const IcapResponse& response) {
    const bool sentAll = head_.empty() && (stage_ == Stage::AwaitContinue ||
                                           (ended_ && body_.empty()));
    if (sentAll && received_.empty() && !response.closes())
      connections_->keep(*std::move(connection_));
  }

  // The next bytes of the message: into the preview, or into a chunk.
  void take(std::string_view bytes) {
    if (stage_ == Stage::Preview) {
      const auto room = *preview_ - std::min(*preview_, body_.size());
      body_.append(bytes.substr(0, room));
      taken_ += std::min(room, bytes.size());
      bytes.remove_prefix(std::min(room, bytes.size()));
      // A byte more than the preview tells that it is not all.
      if (!bytes.empty()) sendPreview(false);
    }
    if (bytes.empty()) return;
    appendChunk(body_, bytes);
    taken_ += bytes.size();
  }

  void sendPreview(bool whole) {
    head_ = scanRequest(knowledge_->uri(), knowledge_->service(), preview_);
    if (!body_.empty()) appendChunk(head_, body_);
    head_ += whole ? "0; ieof\r\n\r\n" : "0\r\n\r\n";
    body_.clear();
    stage_ = Stage::AwaitContinue;
    ended_ = whole;
  }

  // Hands over what the kernel takes now, up to the end of the message.
  Result<Done> refill() {
    for (;;) {
      if (auto pushed = push(); !pushed) return pushed;
      if (ended_ || !complete_) return Done{};
      if (stage_ != Stage::Preview && !body_.empty()) return Done{};
      take(message_.substr(taken_, kBuffer));
      if (taken_ < message_.size()) continue;
      if (stage_ == Stage::Preview) {
        sendPreview(true);
      } else {
        body_ += "0\r\n\r\n";
        ended_ = true;
      }
    }
  }

  Result<Done> push() {
    auto& socket = connection_->socket;
    auto sent = socket.trySend(head_);
    if (!sent) return std::move(sent).error();
    head_.erase(0, *sent);
    if (!head_.empty() || stage_ != Stage::Body) return Done{};
    sent = socket.trySend(body_);
    if (!sent) return std::move(sent).error();
    body_.erase(0, *sent);
    return Done{};
  }

  std::shared_ptr<Connections> connections_;
  std::shared_ptr<IcapKnowledge> knowledge_;
  std::optional<Connections::Slot> arriving_;
  std::optional<Connections::Slot> answering_;
  std::optional<IcapOptions> options_;
  std::optional<Connection> connection_;
  std::optional<std::size_t> preview_;
  Stage stage_ = Stage::Body;
  bool retryable_ = false;  // The connection may have been closed meanwhile.
  bool behind_ = false;     // Bytes passed by that were not taken.
  bool complete_ = false;   // message_ is there.
  bool ended_ = false;      // The last chunk stands in body_ or is sent.
  std::size_t taken_ = 0;   // Bytes of the message in chunks so far.
  std::string head_;        // Request and preview that are to be sent.
  std::string body_;        // The preview while it gathers, then chunks.
  std::string received_;
  std::string tag_;  // Of the answer.
  std::string_view message_;
};

}  // namespace

Icap::Icap(IcapService service, std::size_t scans)
    : connections_(std::make_shared<Connections>(service.server, scans, kIdle)),
      knowledge_(std::make_shared<IcapKnowledge>(std::move(service))) {}

std::unique_ptr<Scan> Icap::begin() {
  return std::make_unique<IcapScan>(connections_, knowledge_);
}

Result<IcapOptions> askIcapOptions(const IcapService& service,
                                   Deadline deadline) {
  const IcapKnowledge knowledge(service);
  auto socket = net::StreamSocket::connect(service.server, deadline);
  if (!socket) return std::move(socket).error();
  return optionsOn(*socket, knowledge, deadline);
}

Result<Done> askIcapForTestVirus(IcapService service, Deadline deadline) {
  auto connections = std::make_shared<Connections>(service.server, 1, kIdle);
  IcapScan scan(std::move(connections),
                std::make_shared<IcapKnowledge>(std::move(service)));
  return scan.showTestVirus(deadline);
}

}  // namespace mailreeve::scan
