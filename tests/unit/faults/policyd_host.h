// A host for policyd: its folders, its settings from YAML, and Bob, who exists
// and has sent one message today.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "policyd/service.h"
#include "tests/unit/scratch.h"

namespace mailreeve::faults {

// What Postfix asks at RCPT.
struct Rcpt {
  std::string sender;
  std::string recipient;
  std::string client = "192.0.2.7";
  std::string login = {};
};

class PolicydHost {
 public:
  static constexpr auto kBob = "bob@home.example";

  // `settings` come behind a host name and Bob's domain.
  explicit PolicydHost(const std::string& settings);

  [[nodiscard]] const Paths& paths() const { return paths_; }

  [[nodiscard]] ManualClock& clock() { return clock_; }

  // As main does it.
  void start();

  // "DUNNO", "550 5.7.1 ...": without the reference.
  [[nodiscard]] std::string ask(const Rcpt& rcpt);

  // Writes now what is written every few seconds.
  void flush();

 private:
  struct Daemon {
    Daemon(const Paths& paths, const Clock& clock);

    store::EventLog events;
    policyd::Memory memory;
    std::unique_ptr<policyd::Service> service;
  };

  void furnish();

  Scratch scratch_;
  ManualClock clock_;
  Paths paths_;
  std::optional<Daemon> daemon_;
};

}  // namespace mailreeve::faults
