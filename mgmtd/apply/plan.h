// What an apply would do, worked out and shown before it does anything.
#pragma once

#include <string>
#include <vector>

#include "core/config/settings.h"
#include "mgmtd/apply/baseline.h"
#include "mgmtd/apply/generation.h"
#include "mgmtd/apply/services.h"

namespace mailreeve::apply {

struct FileChange {
  std::filesystem::path path;
  enum class Kind { New, Changed, Removed } kind = Kind::Changed;
  bool localEdit = false;  // Changed by hand since it was rendered.
  bool adopted = false;    // Not ours so far: generation 0 keeps it.
  std::string diff;        // Unified.
};

struct Plan {
  Number number = 0;  // The generation that would come into force.
  Number former = 0;
  std::vector<std::string> settings;  // Differences of settings, a line each.
  std::vector<FileChange> files;
  // Edited by hand and not the same as rendered now; kept when overwritten.
  std::vector<std::filesystem::path> localEdits;
  ServiceActions services;

  // Nothing to change and nothing to start.
  [[nodiscard]] bool empty() const;
};

// What the plan is made of.
struct Intended {
  Number number = 0;
  Number former = 0;
  HostState after;  // Of every path that is or was ours.
  const RenderedTree* formerTree = nullptr;  // As last installed.
  config::Settings settings;
  config::Settings formerSettings;
  Running now;
  Running wanted;
};

[[nodiscard]] Result<Plan> makePlan(const Paths& paths,
                                    const Intended& intended);

// `before` and `after` as diff -u shows them; empty when they are the same.
[[nodiscard]] Result<std::string> unifiedDiff(const std::string& path,
                                              const std::string& before,
                                              const std::string& after);

// For a person, as `mgmtctl plan` prints it.
[[nodiscard]] std::string planText(const Plan& plan);

}  // namespace mailreeve::apply
