// Asks the rules in order. The first that decides ends it; one that fails never
// lets mail pass.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/directory/access_lists.h"
#include "core/directory/policy.h"
#include "policyd/rule.h"

namespace mailreeve::policyd {

// One line of a trace.
struct Step {
  std::string_view rule;
  std::string_view says;  // name(Answer::Kind), or "no opinion".
  std::string saw;
  std::chrono::microseconds took{0};
};

// "block_list: reject, entry \"spammers\" (sender) (3 us)".
[[nodiscard]] std::string text(const Step& step);

struct Outcome {
  Answer answer;
  std::string_view rule;                     // Which decided; empty: none did.
  std::string reason;                        // What it saw.
  const config::ListEntry* entry = nullptr;  // Of the lists, that decided.
  std::vector<Step> steps;
};

// Immutable; any thread.
class RuleList {
 public:
  RuleList(directory::PolicyPtr policy,
           std::shared_ptr<const directory::AccessLists> lists,
           std::vector<std::unique_ptr<const Rule>> rules)
      : policy_(std::move(policy)),
        lists_(std::move(lists)),
        rules_(std::move(rules)) {}

  // Requests of other protocol states than RCPT pass unasked: only there a
  // recipient can be judged. How long a step took is known to some
  // milliseconds: which of them waited for the DNS, say.
  [[nodiscard]] Outcome judge(const Request& request, TimePoint at) const;

  // The same with exact times: for people, who ask one question and not many
  // thousand a second.
  [[nodiscard]] Outcome judgeTimed(const Request& request, TimePoint at) const;

  [[nodiscard]] const directory::Policy& policy() const { return *policy_; }

 private:
  template <class Ticks>
  [[nodiscard]] Outcome ask(const Request& request, TimePoint at) const;
  [[nodiscard]] Question questionOf(const Request& request, TimePoint at) const;

  directory::PolicyPtr policy_;
  std::shared_ptr<const directory::AccessLists> lists_;
  std::vector<std::unique_ptr<const Rule>> rules_;
};

}  // namespace mailreeve::policyd
