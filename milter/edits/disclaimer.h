// Adds a disclaimer to mail that the users of a domain send out.
//
// Of the sender's domain's disclaimers, the first that applies is used and no
// other. Where in the message it goes, and when a message is better left alone,
// is insertNotice()'s business (core/mail/notice.h).
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/config/settings.h"
#include "core/mail/notice.h"
#include "milter/edit.h"

namespace mailreeve::milter {

class Disclaimer final : public Edit {
 public:
  // An Error names the disclaimer that cannot be used. `policy` must outlive
  // the edit.
  [[nodiscard]] static Result<std::unique_ptr<const Disclaimer>> make(
      const directory::Policy& policy);

  [[nodiscard]] std::string_view name() const override { return "disclaimer"; }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings&,
                                        Draft& draft) const override;

 private:
  struct Rule {
    config::PartyField field;
    std::string pattern;  // A directory::patternKey().
  };

  // One disclaimer of the settings, made ready.
  struct Prepared {
    const config::Disclaimer* settings;
    std::vector<Rule> rules;
    std::vector<Rule> exceptions;
    mail::Notice notice;
  };

  Disclaimer() = default;

  [[nodiscard]] static Prepared prepare(const directory::Policy& policy,
                                        const config::Domain& domain,
                                        const config::Disclaimer& settings);
  [[nodiscard]] static bool matches(const Rule& rule,
                                    const Transaction& transaction);
  [[nodiscard]] static bool applies(const Prepared& disclaimer,
                                    const Transaction& transaction);
  [[nodiscard]] const Prepared* choose(const Transaction& transaction) const;

  std::unordered_map<const config::Domain*, std::vector<Prepared>> byDomain_;
};

}  // namespace mailreeve::milter
