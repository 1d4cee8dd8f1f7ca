// Lets pass what an entry of the allow list names (FEATURES B14), whatever the
// rules and restrictions behind it would say.
//
// An entry that wants SPF as proof is decided here; DKIM and DMARC are seen by
// milterd only, so entries that want those spare nothing at RCPT.
#pragma once

#include <memory>

#include "policyd/client_facts.h"
#include "policyd/rule.h"

namespace mailreeve::policyd {

class AllowList final : public Rule {
 public:
  // Without `facts` nobody is proven.
  AllowList(std::shared_ptr<const directory::AccessLists> lists,
            std::shared_ptr<const ClientFacts> facts)
      : lists_(std::move(lists)), facts_(std::move(facts)) {}

  [[nodiscard]] std::string_view name() const override { return "allow_list"; }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;

 private:
  [[nodiscard]] Opinion prove(const Question& question,
                              const config::ListEntry& entry) const;

  std::shared_ptr<const directory::AccessLists> lists_;
  std::shared_ptr<const ClientFacts> facts_;
};

}  // namespace mailreeve::policyd
