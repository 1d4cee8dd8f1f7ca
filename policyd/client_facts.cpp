#include "policyd/client_facts.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/base/text.h"
#include "core/dns/name.h"

namespace mailreeve::policyd {

namespace {

using Ticks = std::chrono::steady_clock;

constexpr std::size_t kMost = 20'000;
constexpr std::chrono::minutes kKeep{10};
constexpr std::chrono::seconds kKeepFailure{30};

}  // namespace

bool asksDns(const config::Settings& settings) {
  const auto& allow = settings.lists.allow;
  return settings.greylisting.enabled ||
         std::any_of(
             allow.begin(), allow.end(), [](const config::ListEntry& entry) {
               return entry.proof == config::ListProof::Spf;
             });
}

ClientFacts::ClientFacts(std::shared_ptr<dns::Resolver> resolver,
                         const Clock& clock,
                         std::string receiver,
                         std::vector<std::string> goodZones,
                         std::chrono::milliseconds deadline)
    : resolver_(std::move(resolver)),
      verifier_(*resolver_, clock, std::move(receiver)),
      goodZones_(std::move(goodZones)),
      deadline_(deadline) {}

// Two that ask the same at once ask twice; nobody waits for another's answer.
template <class Fact, class Ask>
Fact ClientFacts::recall(Memory<Fact>& memory,
                         std::string key,
                         TimePoint now,
                         const Ask& ask) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = memory.find(key);
    if (found != memory.end() && now < found->second.until)
      return found->second.fact;
  }
  auto [fact, keep] = ask();
  const std::lock_guard lock(mutex_);
  if (memory.size() >= kMost) memory.clear();
  memory.insert_or_assign(std::move(key), Remembered<Fact>{fact, now + keep});
  return fact;
}

SpfFact ClientFacts::spf(const Ip& client,
                         std::string_view helo,
                         std::string_view sender,
                         TimePoint now) const {
  // Macros may look at the whole address; few records do, all may.
  std::string key = client.text();
  key.append(" ").append(sender.empty() ? helo : sender);
  using Kept = std::pair<SpfFact, std::chrono::seconds>;
  return recall(spf_, std::move(key), now, [&]() -> Kept {
    const auto finding =
        verifier_.verify({client, std::string(helo), std::string(sender)},
                         Ticks::now() + deadline_);
    const bool known = finding.outcome != spf::Outcome::TempError;
    return {{finding.outcome, lower(finding.domain), finding.heloJudged},
            known ? kKeep : kKeepFailure};
  });
}

std::string ClientFacts::listedIn(const Ip& client, TimePoint now) const {
  if (goodZones_.empty()) return {};
  using Kept = std::pair<std::string, std::chrono::seconds>;
  return recall(listed_, client.text(), now, [&]() -> Kept {
    std::vector<std::unique_ptr<dns::Query>> queries;
    queries.reserve(goodZones_.size());
    for (const auto& zone : goodZones_)
      queries.push_back(
          resolver_->start(dns::dnsListName(client, zone), dns::Type::A));
    const auto deadline = Ticks::now() + deadline_;
    bool failed = false;
    for (std::size_t i = 0; i < goodZones_.size(); ++i) {
      const auto answer = queries[i]->wait(deadline);
      failed = failed || answer.status == dns::Status::Failed;
      // 127.0.0.255 and its like say that we may not ask (RFC 5782, 2.1).
      for (const auto& address : answer.addresses)
        if (address.bytes[0] == 127 && address.bytes[3] != 255)
          return {goodZones_[i], kKeep};
    }
    return {{}, failed ? kKeepFailure : kKeep};
  });
}

}  // namespace mailreeve::policyd
