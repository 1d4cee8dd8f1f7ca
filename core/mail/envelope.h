// Who hands a message over, and for whom: what SMTP said around the message,
// never what its header claims.
#pragma once

#include <string>
#include <vector>

namespace mailreeve::mail {

// How a message came to this host.
enum class Origin {
  Network,    // By SMTP.
  Submitted,  // By sendmail(1): this host's programs, Sieve scripts, ourselves.
  Own,        // Postfix has written it: a bounce, a notice to the postmaster.
};

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
  Origin origin = Origin::Network;

  [[nodiscard]] bool nullSender() const { return mailFrom.empty(); }
};

}  // namespace mailreeve::mail
