// Writes down what SPF, DKIM, DMARC and ARC have found (RFC 8601, FEATURES E7),
// and removes what pretends to be ours: whoever reads our name in the header
// may believe it.
//
// The first of the edits, so that no other changes what the findings are about.
#pragma once

#include <string>

#include "milter/edit.h"

namespace mailreeve::milter {

class AuthenticationResults final : public Edit {
 public:
  explicit AuthenticationResults(std::string authservId)
      : authservId_(std::move(authservId)) {}

  [[nodiscard]] std::string_view name() const override {
    return "authentication_results";
  }

  [[nodiscard]] bool forReleased(const Released& /*released*/) const override {
    return true;
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

 private:
  std::string authservId_;
};

}  // namespace mailreeve::milter
