// What the DNS says of a client: who vouches for it, and who lists it as good.
//
// Asked with a short deadline, so that no smtpd waits long, and remembered for
// some minutes: only first attempts cost a question. What cannot be known
// counts as nothing said.
#pragma once

#include <chrono>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/auth/spf/verify.h"
#include "core/base/clock.h"
#include "core/base/network.h"
#include "core/config/settings.h"
#include "core/dns/resolver.h"

namespace mailreeve::policyd {

struct SpfFact {
  spf::Outcome outcome = spf::Outcome::TempError;
  std::string domain;       // That was asked; lower case.
  bool heloJudged = false;  // MAIL FROM was the null sender.
};

// Any thread. `now` decides what is still remembered.
class ClientFacts {
 public:
  // `clock` must outlive it. `receiver` is our host name, `goodZones` list
  // clients that need not wait.
  ClientFacts(std::shared_ptr<dns::Resolver> resolver,
              const Clock& clock,
              std::string receiver,
              std::vector<std::string> goodZones,
              std::chrono::milliseconds deadline = std::chrono::seconds(2));

  [[nodiscard]] SpfFact spf(const Ip& client,
                            std::string_view helo,
                            std::string_view sender,
                            TimePoint now) const;

  // The first of the good zones that lists the client; empty: none does.
  [[nodiscard]] std::string listedIn(const Ip& client, TimePoint now) const;

 private:
  template <class Fact>
  struct Remembered {
    Fact fact;
    TimePoint until;
  };

  template <class Fact>
  using Memory = std::unordered_map<std::string, Remembered<Fact>>;

  template <class Fact, class Ask>
  Fact recall(Memory<Fact>& memory,
              std::string key,
              TimePoint now,
              const Ask& ask) const;

  std::shared_ptr<dns::Resolver> resolver_;
  spf::Verifier verifier_;
  std::vector<std::string> goodZones_;
  std::chrono::milliseconds deadline_;

  mutable std::shared_mutex mutex_;
  mutable Memory<SpfFact> spf_;         // Guarded by mutex_.
  mutable Memory<std::string> listed_;  // Guarded by mutex_.
};

// Whether any rule of policyd's may have a question for it.
[[nodiscard]] bool asksDns(const config::Settings& settings);

}  // namespace mailreeve::policyd
