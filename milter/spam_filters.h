// The administrator's own word about spam (FEATURES D6): addresses whose mail
// is or is not spam, and words that add to the score.
//
// Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/decimal.h"
#include "core/config/spam.h"
#include "core/directory/policy.h"
#include "core/pattern/pattern_set.h"
#include "milter/transaction.h"

namespace mailreeve::milter {

class SpamFilters {
 public:
  explicit SpamFilters(const directory::Policy& policy);

  struct Decision {
    config::SpamVerdict verdict;
    std::string filter;  // Its name.
    bool forAll;         // Else it decides nothing.
  };

  // For each recipient the first filter that matches decides. The message is
  // spam if it is for one of them, and none only if it is none for all: what
  // one recipient wants does not weaken what protects another. `forged`: no
  // filter says "no spam" by the sender.
  [[nodiscard]] std::optional<Decision> decide(const Transaction& transaction,
                                               bool forged) const;

  [[nodiscard]] bool empty() const { return filters_.empty(); }

 private:
  struct Filter {
    std::string name;
    std::string pattern;  // As directory::patternKey() gives it.
    bool ofSender;
    config::SpamVerdict verdict;
  };

  [[nodiscard]] const Filter* firstFor(const Party& recipient,
                                       const std::vector<bool>& ofSender) const;

  std::vector<Filter> filters_;
};

class SpamKeywords {
 public:
  // Invalid: a pattern that cannot be used.
  [[nodiscard]] static Result<SpamKeywords> make(const config::Spam& settings);

  struct Found {
    Decimal score;
    std::vector<std::string> names;  // "pills/1": group and place in it.
  };

  // `subject` is decoded; `content` is the text without it.
  [[nodiscard]] Found find(std::string_view subject,
                           std::string_view content) const;

  [[nodiscard]] bool empty() const {
    return subject_.rules.empty() && content_.rules.empty();
  }

  // Whether the body is asked for.
  [[nodiscard]] bool wantsContent() const { return !content_.rules.empty(); }

 private:
  struct Rule {
    Decimal score;
    std::string name;
  };

  struct Target {
    pattern::PatternSet patterns;
    std::vector<Rule> rules;
  };

  SpamKeywords(Target subject, Target content)
      : subject_(std::move(subject)), content_(std::move(content)) {}

  [[nodiscard]] static Result<Target> targetOf(const config::Spam& settings,
                                               config::KeywordTarget target);

  Target subject_;
  Target content_;
};

}  // namespace mailreeve::milter
