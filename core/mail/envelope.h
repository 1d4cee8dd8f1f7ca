// Who hands a message over, and for whom: what SMTP said around the message,
// never what its header claims.
#pragma once

#include <string>
#include <vector>

namespace mailreeve::mail {

// Addresses are held as the client wrote them, without angle brackets; compare
// them by addressKey().
struct Envelope {
  std::string queueId;
  std::string clientAddress;  // As text; empty when not from the network.
  std::string clientName;
  std::string helo;
  std::string login;     // SASL; empty when not authenticated.
  std::string mailFrom;  // Empty for the null sender.
  std::vector<std::string> recipients;

  [[nodiscard]] bool nullSender() const { return mailFrom.empty(); }
};

}  // namespace mailreeve::mail
