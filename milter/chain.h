// Runs checks and edits in their order and owns the two rules none of them may
// bend: the first final verdict ends the chain, and a step that fails never
// lets a message through.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "milter/check.h"
#include "milter/edit.h"
#include "milter/trace.h"

namespace mailreeve::milter {

class Chain {
 public:
  using Checks = std::vector<std::unique_ptr<const Check>>;
  using Edits = std::vector<std::unique_ptr<const Edit>>;

  Chain(Checks checks, Edits edits)
      : checks_(std::move(checks)), edits_(std::move(edits)) {}

  // Each appends its lines to `trace` and returns the most severe verdict.
  [[nodiscard]] Verdict onEnvelope(const Transaction& transaction,
                                   Trace& trace) const;
  [[nodiscard]] Verdict onMessage(const Transaction& transaction,
                                  const mail::Message& message,
                                  Trace& trace) const;
  [[nodiscard]] Verdict edit(const Transaction& transaction,
                             const mail::Message& message,
                             Draft& draft,
                             Trace& trace) const;

 private:
  Checks checks_;
  Edits edits_;
};

}  // namespace mailreeve::milter
