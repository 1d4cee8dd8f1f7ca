// Refuses messages larger than the server, or the sender's domain, takes. When
// the client declares the size (RFC 1870), before the message is sent.
#pragma once

#include <cstdint>

#include "milter/check.h"

namespace mailreeve::milter {

class MessageSize final : public Check {
 public:
  // For mail without a user of ours behind it; 0: no limit.
  explicit MessageSize(std::int64_t serverLimit) : serverLimit_(serverLimit) {}

  [[nodiscard]] std::string_view name() const override {
    return "message_size";
  }

  [[nodiscard]] Result<Verdict> onEnvelope(const Transaction& transaction,
                                           Findings&) const override;
  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings&) const override;

 private:
  std::int64_t serverLimit_;
};

}  // namespace mailreeve::milter
