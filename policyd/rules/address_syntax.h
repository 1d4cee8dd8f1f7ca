// Refuses addresses with control characters, which none has (RFC 5321 section
// 4.1.2). Postfix takes them within quotes and Dovecot does not, so what was
// accepted would bounce. First of all: no other rule may be asked of such
// bytes.
#pragma once

#include "policyd/rule.h"

namespace mailreeve::policyd {

class AddressSyntax final : public Rule {
 public:
  [[nodiscard]] std::string_view name() const override {
    return "address_syntax";
  }

  [[nodiscard]] Result<Opinion> decide(const Question& question) const override;
};

}  // namespace mailreeve::policyd
