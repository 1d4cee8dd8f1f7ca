// What a client must be and may do before its mail is looked at (FEATURES
// B15-B17). Logged-in users and trusted networks are beyond all of it but the
// counts.
#pragma once

#include <cstdint>

namespace mailreeve::config {

// How well the name of a client's address must be known to the DNS.
enum class ClientName {
  Any,
  Reverse,   // The address has a name.
  Verified,  // And the name has that address.
};

struct Restrictions {
  bool nonFqdnSender = true;
  bool unknownSenderDomain = false;

  ClientName clientName = ClientName::Any;
  std::int64_t connections = 50;          // At once, for each client; 0: any.
  std::int64_t connectionsPerMinute = 0;  // For each client; 0: any.
  std::int64_t messagesPerMinute = 0;     // For each client; 0: any.

  bool unauthPipelining = true;
  bool heloRequired = true;
  bool nonFqdnHelo = false;
  bool unknownHelo = false;
  std::int64_t unknownRecipients = 0;  // A day, for each client; 0: any.
  std::int64_t junkCommands = 100;     // In a session.
};

}  // namespace mailreeve::config
