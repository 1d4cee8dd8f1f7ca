// policyd without its sockets: the rules in force, replaced whole on reload,
// and what is done with each request.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/clock.h"
#include "core/base/snapshot.h"
#include "core/config/dns.h"
#include "core/dns/resolver.h"
#include "core/store/event_log.h"
#include "policyd/memory.h"
#include "policyd/rule_list.h"

namespace mailreeve::policyd {

class Service {
 public:
  // All must outlive it. An Error: the settings cannot be used, in all their
  // problems.
  [[nodiscard]] static Result<std::unique_ptr<Service>> load(
      std::filesystem::path settings,
      Memory& memory,
      store::EventLog& events,
      const Clock& clock);

  // Judges, logs, and appends the answer's lines. Waits for the log, and for
  // the DNS with a short deadline; any thread.
  void answer(const Request& request, std::string& out);

  // After an Error the rules stay as they were. Takes as long as the settings
  // are large; any thread.
  [[nodiscard]] Result<Done> reload();

  // The number of the generation in force; empty when it has none.
  [[nodiscard]] std::string generation() const;

  [[nodiscard]] std::uint64_t count(Answer::Kind kind) const {
    return counts_.at(static_cast<std::size_t>(kind)).load();
  }

 private:
  struct Version {
    RuleList rules;
    std::string generation;
    std::shared_ptr<dns::Resolver> resolver;  // With its cache.
    config::Dns dns;                          // What it was made of.
  };

  // `before` may be null; its resolver is kept if the settings did not change.
  [[nodiscard]] static Result<std::shared_ptr<const Version>> loadVersion(
      const std::filesystem::path& settings,
      Memory& memory,
      const Clock& clock,
      const Version* before);

  Service(std::filesystem::path settings,
          Memory& memory,
          store::EventLog& events,
          const Clock& clock,
          std::shared_ptr<const Version> first);

  void report(const Request& request,
              const Outcome& outcome,
              const std::string& traceCode,
              TimePoint now);

  std::filesystem::path settings_;
  Memory& memory_;
  store::EventLog& events_;
  const Clock& clock_;
  Snapshot<Version> version_;
  std::mutex reloading_;  // One load at a time: the last one asked for wins.
  std::array<std::atomic<std::uint64_t>, 5> counts_{};  // By Answer::Kind.
};

}  // namespace mailreeve::policyd
