// The pipeline: load -> validate -> render -> verify -> install -> reload ->
// probe. Each stage takes only what the one before gives.
//
// Whatever fails leaves the host on the generation it was on, and says so. All
// of it runs as root, one at a time (lock.h).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "mgmtd/apply/facts.h"
#include "mgmtd/apply/plan.h"
#include "mgmtd/apply/verify.h"

namespace mailreeve::apply {

// Told which stage begins; for showing progress.
using Progress = std::function<void(const std::string& stage)>;

// Loaded, validated, rendered and verified: ready to be installed.
struct Prepared {
  Plan plan;
  Facts facts;
  Generation generation;
  Baseline baseline;
  std::vector<config::Source> sources;
  config::Settings settings;
};

// What is wrong with the settings, each with its place, apart from what else
// can go wrong.
struct Refusal {
  std::vector<config::Problem> problems;  // Of the YAML; may be empty.
  Error error;                            // Else this.
};

using Preparation = std::variant<Prepared, Refusal>;

// Changes nothing but for making the mail volume's and certificate's place.
[[nodiscard]] Preparation prepare(const Paths& paths,
                                  const Clock& clock,
                                  const Progress& progress);

// How an apply or rollback ended.
struct Outcome {
  Number number = 0;  // What was to be in force.
  Number former = 0;
  bool inForce = false;  // It is.
  std::string why;       // Else: what failed, and how going back went.
  std::vector<std::string> notes;  // What the administrator should look at.
};

struct ApplyOptions {
  bool overwriteLocalEdits = false;
  std::optional<std::chrono::seconds> confirmWithin;
  std::chrono::milliseconds probeLimit = std::chrono::seconds(20);
};

// Installs what was prepared. The caller holds the lock.
[[nodiscard]] Result<Outcome> applyPrepared(const Paths& paths,
                                            const Clock& clock,
                                            const Prepared& prepared,
                                            const ApplyOptions& options,
                                            const Progress& progress);

// What going back to a generation would do. Its tree is verified again: the
// host's Postfix and Dovecot may be newer than it.
[[nodiscard]] Result<Plan> planRollback(const Paths& paths, Number number);

[[nodiscard]] Result<Outcome> rollback(const Paths& paths,
                                       Number number,
                                       const ApplyOptions& options,
                                       const Progress& progress);

// Ends an apply that was cut off, and goes back from one that was not
// confirmed in time; starts the guard again while there is time left. Returns
// what was done, a line each.
[[nodiscard]] Result<std::vector<std::string>> recoverHost(const Paths& paths,
                                                           const Clock& clock);

}  // namespace mailreeve::apply
