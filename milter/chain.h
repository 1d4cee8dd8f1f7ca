// Runs checks and edits in their order and owns the two rules none of them may
// bend: the first final verdict ends the chain, and a step that fails never
// lets a message through.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "milter/check.h"
#include "milter/edit.h"
#include "milter/inspection.h"

namespace mailreeve::milter {

class Chain {
 public:
  using Checks = std::vector<std::unique_ptr<const Check>>;
  using Edits = std::vector<std::unique_ptr<const Edit>>;

  Chain(Checks checks, Edits edits)
      : checks_(std::move(checks)), edits_(std::move(edits)) {}

  // Whether any step can want more than the header.
  [[nodiscard]] bool needsBody() const;

  // Each appends its lines to the trace and returns the most severe verdict.
  // onEnvelope() also begins the inquiries, if the envelope passes.
  [[nodiscard]] Verdict onEnvelope(const Transaction& transaction,
                                   Inspection& inspection) const;
  [[nodiscard]] Verdict onMessage(const Transaction& transaction,
                                  const mail::Message& message,
                                  Inspection& inspection) const;
  [[nodiscard]] Verdict edit(const Transaction& transaction,
                             Inspection& inspection,
                             Draft& draft) const;

 private:
  Checks checks_;
  Edits edits_;
};

}  // namespace mailreeve::milter
