// Talks to spamd: one connection for each request, as the protocol has it, and
// never more of them at once than spamd has children for. A request goes on by
// itself in the kernel while its owner does something else: nothing here
// starts a thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/net/endpoint.h"
#include "core/net/stream_socket.h"
#include "core/spam/spamc.h"

namespace mailreeve::spam {

struct SpamdSettings {
  net::Endpoint endpoint;
  std::string user;  // Whose rules and knowledge; empty: spamd's default.
  std::chrono::milliseconds timeLimit = std::chrono::seconds(30);
  std::size_t maxRequests = 5;  // At once; more wait within their time limit.

  friend bool operator==(const SpamdSettings&, const SpamdSettings&) = default;
};

// Any thread.
class Spamd : public std::enable_shared_from_this<Spamd> {
 public:
  class Conversation;

  [[nodiscard]] static std::shared_ptr<Spamd> make(SpamdSettings settings);

  [[nodiscard]] const SpamdSettings& settings() const { return settings_; }

  // Begins to ask about `hints` and `message` (see scan_header.h), one behind
  // the other; `message` must stay until the conversation is over. Never waits.
  // The time limit runs from now.
  [[nodiscard]] std::unique_ptr<Conversation> begin(Verb verb,
                                                    std::string hints,
                                                    std::string_view message);

  // All of it: for what may wait.
  [[nodiscard]] Result<Answer> ask(Verb verb,
                                   std::string hints,
                                   std::string_view message);
  [[nodiscard]] Result<Answer> teach(Lesson lesson, std::string_view message);
  [[nodiscard]] Result<Done> ping();

  // Requests under way or waiting for their turn.
  [[nodiscard]] std::size_t load() const;

 private:
  friend class Conversation;
  using Deadline = net::StreamSocket::Deadline;

  explicit Spamd(SpamdSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] bool takeTurn(std::optional<Deadline> until);
  void giveTurnBack();
  [[nodiscard]] std::unique_ptr<Conversation> converse(
      const Request& request, std::string hints, std::string_view message);

  const SpamdSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable free_;
  std::size_t underWay_ = 0;  // Guarded by mutex_.
  std::size_t waiting_ = 0;   // Guarded by mutex_.
};

// One request. Dropping it breaks it off. One thread at a time.
class Spamd::Conversation {
 public:
  Conversation(std::shared_ptr<Spamd> spamd,
               Verb verb,
               Result<std::string> head,
               std::string_view message);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  Conversation(Conversation&&) = delete;
  Conversation& operator=(Conversation&&) = delete;
  ~Conversation();

  // Sends what spamd takes now. Never waits; what is wrong, finish() tells.
  void advance();

  // The answer, at the time limit at the latest. Once.
  [[nodiscard]] Result<Answer> finish();

 private:
  [[nodiscard]] Result<Done> connect(Deadline deadline);
  [[nodiscard]] std::string_view rest() const;  // A part not yet sent.
  void trySendRest();
  [[nodiscard]] Result<Done> sendRest();

  std::shared_ptr<Spamd> spamd_;
  Verb verb_;
  Result<std::string> head_;  // The request's head and the hints.
  std::string_view message_;
  std::size_t sent_ = 0;  // Bytes of head and message.
  Deadline deadline_;
  bool hasTurn_ = false;
  std::optional<net::StreamSocket> socket_;
};

}  // namespace mailreeve::spam
