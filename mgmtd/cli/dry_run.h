// What would happen to a message, asked of the very rules and engine that
// policyd and milterd run; nothing is sent, counted or written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/directory/access_lists.h"
#include "core/directory/policy.h"
#include "core/dns/resolver.h"
#include "mgmtd/cli/dry_step.h"
#include "mgmtd/cli/postfix_steps.h"
#include "milter/engine.h"
#include "policyd/rules.h"

namespace mailreeve::cli {

struct DryRun {
  std::vector<DryStep> steps;
  // What the client would be told in the end. The reply code is that of the
  // refused recipients when none is left.
  int code = 250;
  std::string enhanced;
  std::string text;
  std::string decidedBy;  // Step that gave the code; empty: none refused.
  std::vector<std::string> accepted;  // Recipients that remain.
  std::vector<std::string> refused;
  std::vector<std::string> dropped;  // Discarded, unknown to the sender.
  std::vector<std::string> held;     // In quarantine for them.
  std::vector<std::string> copies;   // Added by auto BCC.
  std::string leaves;  // The message as it would leave; empty if refused.
};

class DryRunner {
 public:
  // Counters are read, and may be absent.
  [[nodiscard]] static Result<DryRunner> make(directory::PolicyPtr policy,
                                              const Paths& paths,
                                              const Clock& clock);

  [[nodiscard]] Result<DryRun> run(const Mail& mail) const;

 private:
  DryRunner(directory::PolicyPtr policy,
            std::shared_ptr<const milter::Engine> engine,
            std::shared_ptr<dns::Resolver> resolver,
            policyd::Asks asks,
            const Paths& paths,
            const Clock& clock);

  // True: it refuses the client, and so all.
  [[nodiscard]] bool askPostscreen(const Mail& mail, DryRun& result) const;
  // `restrictions` are those of Postfix, once somebody needed them: they depend
  // on no recipient.
  [[nodiscard]] bool takesRecipient(
      const Mail& mail,
      const std::string& recipient,
      std::optional<std::vector<PostfixStep>>& restrictions,
      DryRun& result) const;
  [[nodiscard]] Result<Done> askMilterd(const Mail& mail, DryRun& result) const;

  directory::PolicyPtr policy_;
  TimePoint now_;
  std::string day_;
  std::filesystem::path counters_;
  // Asked as postscreen would ask them.
  std::shared_ptr<const directory::AccessLists> access_;
  policyd::RuleList rules_;
  std::shared_ptr<const milter::Engine> engine_;
  std::shared_ptr<dns::Resolver> resolver_;
};

}  // namespace mailreeve::cli
