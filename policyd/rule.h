// The interface of everything that decides about a recipient. One rule, one
// file, one question.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/directory/access_lists.h"
#include "policyd/answer.h"
#include "policyd/request.h"

namespace mailreeve::policyd {

// A request, and what follows from it: worked out once for all rules.
struct Question {
  const Request& request;
  directory::ListSubject subject;

  // Whose limits hold: the login, else the sender in a domain of ours that a
  // trusted network vouches for. Empty: mail from outside.
  std::string_view user;

  bool outbound = false;  // Policy::isOutbound()
};

struct Opinion {
  std::optional<Answer> answer;              // Nothing: the next rule is asked.
  std::string saw;                           // For logs and traces.
  const config::ListEntry* entry = nullptr;  // Of the lists, that decided.
};

// A rule is shared by all requests: it holds settings, never state.
class Rule {
 public:
  Rule() = default;
  Rule(const Rule&) = delete;
  Rule& operator=(const Rule&) = delete;
  Rule(Rule&&) = delete;
  Rule& operator=(Rule&&) = delete;
  virtual ~Rule() = default;

  // As traces name it; a literal.
  [[nodiscard]] virtual std::string_view name() const = 0;

  // May wait for the DNS, with a short deadline, and for nothing else: an smtpd
  // waits with it. An Error means "could not decide"; the list,
  // not the rule, turns it into an answer.
  [[nodiscard]] virtual Result<Opinion> decide(
      const Question& question) const = 0;
};

}  // namespace mailreeve::policyd
