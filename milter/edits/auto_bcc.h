// Sends silent copies of mail to where the rules of a domain say.
//
// The rules of the sender's domain and of the recipients' domains are asked,
// all of them; each target gets one copy, whichever rules name it, and none if
// it is a recipient already. Nobody learns of the copy: it is one more envelope
// recipient, nothing is written into the message, and what happens to it is
// reported to nobody (NOTIFY=NEVER).
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/config/settings.h"
#include "milter/edit.h"

namespace mailreeve::milter {

class AutoBcc final : public Edit {
 public:
  // `policy` must outlive the edit.
  explicit AutoBcc(const directory::Policy& policy);

  [[nodiscard]] std::string_view name() const override { return "auto_bcc"; }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings&,
                                        Draft& draft) const override;

 private:
  struct Target {
    std::string address;
    std::string key;  // Policy::mailboxKey(address).
  };

  struct Rule {
    const config::AutoBcc* settings;
    std::string contains;  // Lower case.
    std::vector<Target> targets;
  };

  [[nodiscard]] static bool matches(const Rule& rule,
                                    const config::Domain& domain,
                                    const Transaction& transaction);

  std::unordered_map<const config::Domain*, std::vector<Rule>> byDomain_;
};

}  // namespace mailreeve::milter
