// Content protection: adds up the scores of the words and patterns found in a
// message, and acts when the sum is over the threshold. All patterns of one
// target are looked for in one pass, in linear time (core/pattern).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/config/content.h"
#include "core/pattern/pattern_set.h"
#include "milter/check.h"

namespace mailreeve::milter {

class ContentRules final : public Check {
 public:
  // An Error: a pattern that cannot be used. `settings` must outlive the check.
  [[nodiscard]] static Result<std::unique_ptr<const ContentRules>> make(
      const config::ContentRules& settings);

  [[nodiscard]] std::string_view name() const override {
    return "content_rules";
  }

  [[nodiscard]] bool judgesContent() const override { return true; }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override;

 private:
  // The rules that look at the same thing.
  struct Group {
    config::RuleTarget target;
    std::string header;  // In lower case.
    std::vector<const config::ContentRule*> rules;
    pattern::PatternSet patterns;
  };

  explicit ContentRules(const config::ContentRules& settings)
      : settings_(settings) {}

  // What all of them found.
  struct Found {
    Decimal sum;
    std::vector<std::string> names;   // Of those that count,
    std::vector<std::string> scored;  // with what each is worth.
    std::vector<std::string> partly;  // Those that fit some recipients only.
    std::string unread;  // Why not all of the text was seen; empty: it was.
  };

  static void look(const Group& group,
                   const Transaction& transaction,
                   const mail::Message& message,
                   Found& found);
  [[nodiscard]] std::string words(const Found& found) const;
  [[nodiscard]] Verdict act(std::string saw) const;
  void tell(const Found& found, Findings& findings) const;

  const config::ContentRules& settings_;
  std::vector<Group> groups_;
};

}  // namespace mailreeve::milter
