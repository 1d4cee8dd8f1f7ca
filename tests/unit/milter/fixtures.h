// What the tests of this directory share: settings from YAML text, messages
// from text, an MTA and a counter that remember what they were told.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/config/load.h"
#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "core/dns/zone_resolver.h"
#include "core/mail/message.h"
#include "core/store/usage.h"
#include "milter/draft.h"
#include "milter/engine.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

// A Tuesday's noon, UTC.
inline const TimePoint kNow{std::chrono::seconds(1'700'568'000)};

inline constexpr const char* kOutside = "203.0.113.9";
inline constexpr const char* kTrusted = "192.0.2.7";

// `domain` and `rest` are added to the one domain and to the whole. Senders are
// not authenticated unless `rest` says how.
inline directory::PolicyPtr policyOf(const std::string& domain = "",
                                     const std::string& rest = "") {
  const bool asked = rest.find("authentication_checks:") != std::string::npos;
  const std::string yaml =
      (asked ? std::string()
             : "authentication_checks: {spf: {enabled: false}, dkim: {enabled: "
               "false}, dmarc: {enabled: false}, arc: {enabled: false}}\n") +
      "server: {hostname: mail.example.com, max_recipients: 3, "
      "max_hops: 5}\n"
      "networks: {trusted: [192.0.2.0/24]}\n" +
      rest +
      "domains:\n"
      "  - name: other.example\n"
      "  - name: example.com\n"
      "    additional: [example.net]\n" +
      domain;
  auto loaded = config::parse({{"test.yaml", yaml, false}});
  for (const auto& problem : loaded.problems) MESSAGE(problem.text());
  REQUIRE(loaded.ok());
  loaded.settings.server.maxMessageSize = 4096;  // Less than the YAML takes.
  return std::make_shared<const directory::Policy>(std::move(loaded.settings));
}

// A name server that knows `zone`, and a clock that stands still.
inline std::shared_ptr<const Backends> backends(
    std::shared_ptr<dns::Resolver> zone =
        std::make_shared<dns::ZoneResolver>()) {
  static const ManualClock clock(kNow);
  return std::make_shared<const Backends>(
      Backends{clock, Paths(), std::move(zone), {}});
}

inline std::shared_ptr<const Engine> engineOf(const std::string& domain = "",
                                              const std::string& rest = "") {
  auto engine = Engine::make(policyOf(domain, rest), "7", backends());
  REQUIRE(engine);
  return *std::move(engine);
}

inline mail::Envelope envelopeOf(const std::string& from,
                                 std::vector<std::string> to,
                                 const std::string& login = "") {
  mail::Envelope envelope;
  envelope.queueId = "4ABCDE";
  envelope.clientAddress = kOutside;
  envelope.login = login;
  envelope.mailFrom = from;
  envelope.recipients = std::move(to);
  return envelope;
}

inline constexpr const char* kPlainMail =
    "From: a@example.com\r\n"
    "To: x@outside.example\r\n"
    "Subject: Hello\r\n"
    "Message-ID: <1@example.com>\r\n"
    "\r\n"
    "Hello.\r\n";

inline mail::Message messageOf(const std::string& bytes,
                               mail::Envelope envelope) {
  auto message = mail::messageFromBytes(bytes, std::move(envelope));
  REQUIRE(message);
  return *std::move(message);
}

// Writes down what it is told: "+rcpt a@b NOTIFY=NEVER", "body ...".
class RecordingMta final : public Mta {
 public:
  explicit RecordingMta(std::size_t calls = SIZE_MAX) : calls_(calls) {}

  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

  [[nodiscard]] int progressCalls() const { return progressCalls_; }

  bool addHeader(const std::string& name, const std::string& value) override {
    return note("+header " + name + ":" + value);
  }

  bool insertHeader(const std::string& name,
                    const std::string& value) override {
    return note("^header " + name + ":" + value);
  }

  bool changeHeader(const std::string& name,
                    std::size_t occurrence,
                    const std::string& value) override {
    return note("header " + name + " " + std::to_string(occurrence) + ":" +
                value);
  }

  bool deleteHeader(const std::string& name, std::size_t occurrence) override {
    return note("-header " + name + " " + std::to_string(occurrence));
  }

  bool addRecipient(const std::string& address,
                    const std::string& parameters) override {
    return note("+rcpt " + address + " " + parameters);
  }

  bool deleteRecipient(const std::string& address) override {
    return note("-rcpt " + address);
  }

  bool writeBody(std::string_view bytes) override {
    return note("body " + std::string(bytes));
  }

  bool progress() override {
    ++progressCalls_;
    return alive();
  }

 private:
  // The call after the last allowed one, and all that follow, fail.
  bool alive() {
    if (calls_ == 0) return false;
    --calls_;
    return true;
  }

  bool note(std::string line) {
    if (!alive()) return false;
    lines_.push_back(std::move(line));
    return true;
  }

  std::size_t calls_;
  int progressCalls_ = 0;
  std::vector<std::string> lines_;
};

// A counter in memory, which can be told to fail.
class FakeUsage final : public store::UsageCounter {
 public:
  bool broken = false;
  std::map<std::string, store::Usage> used;

  Result<store::Charge> charge(const std::string& user,
                               std::int64_t bytes,
                               store::UsageLimit limit) override {
    if (broken) return Error{ErrorCode::Unavailable, "disk on fire"};
    auto& row = used[user];
    const auto answer = store::decide(row, bytes, limit);
    if (answer == store::Charge::Counted) {
      row.messages += 1;
      row.bytes += bytes;
    }
    return answer;
  }

  void giveBack(const std::string& user, std::int64_t bytes) override {
    used[user].messages -= 1;
    used[user].bytes -= bytes;
  }

  Result<Done> reload() override { return Done{}; }
};

}  // namespace mailreeve::milter
