// Looks for spam: the administrator's filters, SpamAssassin, keywords, and
// whom the recipients have written to. FEATURES D1, D5, D6.
//
// One answer holds for all recipients: the lowest threshold among them decides
// (docs/spam.md says why). Mail of our own users is looked at only if the
// settings say so.
#pragma once

#include <memory>
#include <string_view>

#include "core/spam/spamd.h"
#include "core/store/correspondents.h"
#include "milter/backends.h"
#include "milter/check.h"
#include "milter/spam_filters.h"

namespace mailreeve::milter {

class Spam final : public Check {
 public:
  // `policy` must outlive the check. Invalid: a setting that cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<const Spam>> make(
      const directory::Policy& policy, const Backends& backends);

  [[nodiscard]] std::string_view name() const override { return "spam"; }

  [[nodiscard]] bool judgesContent() const override { return true; }

  [[nodiscard]] std::unique_ptr<Inquiry> inquire(
      const Transaction& transaction, const Findings& findings) const override;

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override;

 private:
  class Question;

  // The score at which the strictest of the recipients takes it for spam, and
  // whose that is.
  struct Threshold {
    Decimal score;
    std::string of;
  };

  Spam(const directory::Policy& policy,
       const Backends& backends,
       SpamKeywords keywords);

  [[nodiscard]] Threshold thresholdFor(const Transaction& transaction,
                                       const Findings& findings) const;
  [[nodiscard]] Threshold thresholdFor(const Transaction& transaction,
                                       const Party& recipient,
                                       bool trusted) const;

  const directory::Policy& policy_;
  const config::Spam& settings_;
  SpamFilters filters_;
  SpamKeywords keywords_;
  std::shared_ptr<spam::Spamd> spamd_;
  bool dryRun_;
  std::shared_ptr<const store::Correspondents> correspondents_;
};

}  // namespace mailreeve::milter
