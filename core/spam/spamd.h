// Talks to spamd: one connection for each request, as the protocol has it, and
// never more of them at once than spamd has children for.
//
// A request has its turn for as long as spamd works on it, and no longer: one
// thread goes on with all that are under way, whatever their owners do
// meanwhile. An owner who is slow to ask for his answer (a name server keeps
// him waiting) takes nothing from anybody else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/fd.h"
#include "core/base/result.h"
#include "core/net/endpoint.h"
#include "core/spam/exchange.h"
#include "core/spam/spamc.h"

namespace mailreeve::spam {

struct SpamdSettings {
  net::Endpoint endpoint;
  std::string user;  // Whose rules and knowledge; empty: spamd's default.

  // For spamd's work on one request. Who waits for his turn waits as long
  // as others get on: only if nobody has had an answer for this long he is
  // told so.
  std::chrono::milliseconds timeLimit = std::chrono::seconds(30);

  std::size_t maxRequests = 5;  // At once; more wait for their turn.

  // For a turn, however well others get on: the client that brings a message
  // will not wait for ever (RFC 5321, 4.5.3.2.6: ten minutes).
  std::chrono::milliseconds longestWait = std::chrono::minutes(4);

  friend bool operator==(const SpamdSettings&, const SpamdSettings&) = default;
};

// Any thread.
class Spamd : public std::enable_shared_from_this<Spamd> {
 public:
  class Conversation;

  [[nodiscard]] static std::shared_ptr<Spamd> make(SpamdSettings settings);

  Spamd(const Spamd&) = delete;
  Spamd& operator=(const Spamd&) = delete;
  Spamd(Spamd&&) = delete;
  Spamd& operator=(Spamd&&) = delete;
  ~Spamd();

  [[nodiscard]] const SpamdSettings& settings() const { return settings_; }

  // Begins to ask about `hints` and `message` (see scan_header.h), one behind
  // the other; `message` must stay until the conversation is over. Never waits.
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
  using Time = std::chrono::steady_clock::time_point;

  // All of it guarded by mutex_.
  struct Turn {
    explicit Turn(Exchange of) : exchange(std::move(of)) {}

    Exchange exchange;
    Time since;            // It waits, or has its turn.
    bool awaited = false;  // Somebody has nothing else to do.
    std::condition_variable over;
  };

  using Turns = std::list<std::shared_ptr<Turn>>;

  explicit Spamd(SpamdSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Conversation> converse(
      const Request& request, std::string hints, std::string_view message);
  [[nodiscard]] Result<std::shared_ptr<Turn>> enqueue(Exchange exchange);
  [[nodiscard]] Result<std::string> await(Turn& turn);
  void drop(const std::shared_ptr<Turn>& turn);

  // With mutex_ held.
  [[nodiscard]] Result<Done> start();
  void goOn(Time now);
  void goOnUnderWay(Time now);
  void giveTurns(Time now);
  void giveUp(Time now);
  void advance(Turn& turn) const;
  [[nodiscard]] Turns::iterator next();
  [[nodiscard]] Time limitOf(const Turn& waiting) const;
  [[nodiscard]] Time soonest() const;

  void run(const std::stop_token& stop);
  void wake() const;

  const SpamdSettings settings_;
  mutable std::mutex mutex_;
  Turns waiting_;        // The oldest first. Guarded by mutex_.
  Turns underWay_;       // Guarded by mutex_; only the thread takes one out.
  Time lastAnswer_;      // Guarded by mutex_.
  Fd wake_;              // An eventfd. Set once, before there is a thread.
  std::jthread thread_;  // Begun with the first request. Guarded by mutex_.
};

// One request. Dropping it breaks it off. One thread at a time.
class Spamd::Conversation {
 public:
  Conversation(std::shared_ptr<Spamd> spamd,
               Verb verb,
               Result<std::shared_ptr<Turn>> turn);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  Conversation(Conversation&&) = delete;
  Conversation& operator=(Conversation&&) = delete;
  ~Conversation();

  // The answer, or why there is none in time. Once.
  [[nodiscard]] Result<Answer> finish();

 private:
  std::shared_ptr<Spamd> spamd_;
  Verb verb_;
  Result<std::shared_ptr<Turn>> turn_;
};

}  // namespace mailreeve::spam
