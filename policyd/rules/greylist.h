// Asks who is not known to come again later (FEATURES D9). What it cannot know
// lets the mail pass: a database that fails must not delay the world's mail.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/network.h"
#include "core/config/greylisting.h"
#include "core/directory/policy.h"
#include "policyd/asks.h"
#include "policyd/rule.h"

namespace mailreeve::policyd {

class Greylist final : public Rule {
 public:
  Greylist(directory::PolicyPtr policy, Asks asks);

  [[nodiscard]] std::string_view name() const override { return "greylist"; }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  struct Chosen {
    config::GreylistAction action;
    std::string by;  // "rule x", "default".
  };

  [[nodiscard]] Chosen choose(const Question& question) const;
  [[nodiscard]] const config::GreylistRule* ruleFor(
      const Question& question) const;
  [[nodiscard]] std::string exception(const Question& question) const;
  [[nodiscard]] Opinion ask(const Question& question) const;
  [[nodiscard]] SpfFact spfOf(const Question& question) const;
  [[nodiscard]] bool isAnswer(const Question& question,
                              const SpfFact& fact) const;

  directory::PolicyPtr policy_;
  Asks asks_;
  const config::Greylisting& settings_;  // policy_'s.
  store::GreylistTerms terms_;
  NetworkSet networks_;  // Values are positions of rules.
  std::vector<std::pair<std::string, std::size_t>> hosts_;  // Longest first.
};

}  // namespace mailreeve::policyd
