// The message engine: every check and edit, made ready for one generation of
// the settings. milterd and `mgmtctl explain` ask the same engine; there is no
// second implementation for the dry run.
//
// Immutable; shared by pointer; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/directory/policy.h"
#include "core/mail/message.h"
#include "core/store/usage.h"
#include "milter/backends.h"
#include "milter/chain.h"
#include "milter/draft.h"
#include "milter/inspection.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

struct Outcome {
  // `message` must outlive it.
  explicit Outcome(const mail::Message& message) : draft(message) {}

  Verdict verdict;
  Inspection inspection;
  std::size_t checkLines = 0;  // How many lines of the trace are the checks'.
  Draft draft;                 // What to change unless the verdict is final.
};

class Engine {
 public:
  // `generation` is for logs and the control socket: "12". An Error names the
  // setting that cannot be used.
  [[nodiscard]] static Result<std::shared_ptr<const Engine>> make(
      directory::PolicyPtr policy,
      std::string generation,
      std::shared_ptr<const Backends> backends);

  [[nodiscard]] const directory::Policy& policy() const { return *policy_; }

  [[nodiscard]] const Backends& backends() const { return *backends_; }

  [[nodiscard]] const std::string& generation() const { return generation_; }

  // False: no setting in force looks at a body or limits its bytes, and the MTA
  // need not send it.
  [[nodiscard]] bool needsBody() const { return needsBody_; }

  // At DATA. A final verdict is the answer to DATA; else the inspection wants
  // the bytes of the message as they arrive.
  [[nodiscard]] Verdict onEnvelope(const Transaction& transaction,
                                   Inspection& inspection) const;

  // At the end of a message that onEnvelope() let pass: the checks, then the
  // edits. The quota is charged by the caller when the draft is applied
  // (quota.h). `inspection` is that of onEnvelope().
  [[nodiscard]] Outcome onMessage(const Transaction& transaction,
                                  const mail::Message& message,
                                  Inspection inspection) const;

  // Both for a message that is there as a whole.
  [[nodiscard]] Outcome onWhole(const Transaction& transaction,
                                const mail::Message& message) const;

  // All of it for a message that is no longer, or not yet, under way, as if it
  // came at `at`. A dry-run `usage` makes it a question without consequences.
  [[nodiscard]] Outcome judge(const mail::Message& message,
                              TimePoint at,
                              store::UsageCounter& usage) const;

 private:
  Engine(directory::PolicyPtr policy,
         std::string generation,
         std::shared_ptr<const Backends> backends,
         Chain chain);

  directory::PolicyPtr policy_;
  std::string generation_;
  std::shared_ptr<const Backends> backends_;  // Outlives the chain.
  Chain chain_;
  bool needsBody_;
};

// Answers as the counter would, from what is in the database, and counts
// nothing. `day` is YYYY-MM-DD.
[[nodiscard]] std::unique_ptr<store::UsageCounter> dryRunUsage(
    std::filesystem::path countersDatabase, std::string day);

}  // namespace mailreeve::milter
