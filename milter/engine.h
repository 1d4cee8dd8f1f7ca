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
#include "milter/chain.h"
#include "milter/draft.h"
#include "milter/trace.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

struct Outcome {
  Verdict verdict;
  Trace trace;
  std::size_t checkLines = 0;  // How many lines of the trace are the checks'.
  Draft draft;                 // What to change if the verdict is pass.
};

class Engine {
 public:
  // `generation` is for logs and the control socket: "12". An Error names the
  // setting that cannot be used.
  [[nodiscard]] static Result<std::shared_ptr<const Engine>> make(
      directory::PolicyPtr policy, std::string generation);

  [[nodiscard]] const directory::Policy& policy() const { return *policy_; }

  [[nodiscard]] const std::string& generation() const { return generation_; }

  // False: no setting in force looks at a body or limits its bytes, and the MTA
  // need not send it.
  [[nodiscard]] bool needsBody() const { return needsBody_; }

  // At DATA. A final verdict is the answer to DATA.
  [[nodiscard]] Verdict onEnvelope(const Transaction& transaction,
                                   Trace& trace) const;

  // At the end of a message that onEnvelope() let pass: the checks, then the
  // edits. The quota is charged by the caller when the draft is applied
  // (quota.h). `trace` is that of onEnvelope().
  [[nodiscard]] Outcome onMessage(const Transaction& transaction,
                                  const mail::Message& message,
                                  Trace trace) const;

  // All of it for a message that is no longer, or not yet, under way, as if it
  // came at `at`. A dry-run `usage` makes it a question without consequences.
  [[nodiscard]] Outcome judge(const mail::Message& message,
                              TimePoint at,
                              store::UsageCounter& usage) const;

 private:
  Engine(directory::PolicyPtr policy, std::string generation, Chain chain);

  directory::PolicyPtr policy_;
  std::string generation_;
  Chain chain_;
  bool needsBody_;
};

// Answers as the counter would, from what is in the database, and counts
// nothing. `day` is YYYY-MM-DD.
[[nodiscard]] std::unique_ptr<store::UsageCounter> dryRunUsage(
    std::filesystem::path countersDatabase, std::string day);

}  // namespace mailreeve::milter
