// What the checks ask of the DNS, and what it can answer. Everything above sees
// this interface alone; which resolver stands behind it is main's choice.
//
// No question is ever waited for without a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/network.h"

namespace mailreeve::dns {

// One for all questions of a message, so that a hundred slow name servers cost
// no more than one. Monotonic: a jump of the clock ends no lookup.
using Deadline = std::chrono::steady_clock::time_point;

// By their IANA numbers.
enum class Type : std::uint16_t {
  A = 1,
  Ptr = 12,
  Mx = 15,
  Txt = 16,
  Aaaa = 28
};

enum class Status {
  Found,     // At least one record of the type.
  NoData,    // The name exists, without a record of the type.
  NoDomain,  // The name does not exist, or is none that could.
  Failed,    // Nobody knows: no answer in time, SERVFAIL, nonsense. Asking
             // again may help.
};

[[nodiscard]] std::string_view describe(Status status);

struct MailExchange {
  std::uint16_t preference = 0;
  std::string host;  // "." is empty: RFC 7505's "takes no mail".

  friend bool operator==(const MailExchange&, const MailExchange&) = default;
};

// Filled is the list that belongs to the type asked for, in the order of the
// answer. Names are in lower case, without trailing dot. An answer is at most
// 64 kB, as the protocol has it.
struct Answer {
  Status status = Status::Failed;
  std::string problem;             // Why it Failed, for the log.
  std::vector<std::string> texts;  // One for each TXT record: its strings
                                   // joined without a blank, as SPF, DKIM and
                                   // DMARC want them.
  std::vector<Ip> addresses;       // A, AAAA.
  std::vector<MailExchange> exchanges;
  std::vector<std::string> names;  // PTR.
  std::uint32_t ttl = 0;           // Seconds it may be kept.
};

[[nodiscard]] Answer failed(std::string problem);

// A question under way. Dropping it unasked for cancels it. Must not outlive
// its resolver.
class Query {
 public:
  Query() = default;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query(Query&&) = delete;
  Query& operator=(Query&&) = delete;
  virtual ~Query() = default;

  // The answer, or Failed when the deadline passes first. Called once.
  [[nodiscard]] virtual Answer wait(Deadline deadline) = 0;
};

class Resolver {
 public:
  Resolver() = default;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  Resolver(Resolver&&) = delete;
  Resolver& operator=(Resolver&&) = delete;
  virtual ~Resolver() = default;

  // Sends the question and returns at once; start several, then wait for each.
  // What is no name (see isName) is answered NoDomain without asking anybody:
  // it cannot exist. Callable from any thread.
  [[nodiscard]] std::unique_ptr<Query> start(std::string_view name, Type type);

  [[nodiscard]] Answer lookup(std::string_view name,
                              Type type,
                              Deadline deadline);

 private:
  // `name` is a nameKey() that isName(). Never blocks on the network, never
  // throws, never gives null.
  [[nodiscard]] virtual std::unique_ptr<Query> ask(std::string name,
                                                   Type type) = 0;
};

// An answer that was known when the question came.
class AnsweredQuery final : public Query {
 public:
  explicit AnsweredQuery(Answer answer) : answer_(std::move(answer)) {}

  [[nodiscard]] Answer wait(Deadline) override { return std::move(answer_); }

 private:
  Answer answer_;
};

}  // namespace mailreeve::dns
