// Hands one message to an SMTP server near by and reports what it said, for
// each recipient. No TLS, no login: for listeners on this host's loopback.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/net/endpoint.h"

namespace mailreeve::net {

struct SmtpAnswer {
  int code = 0;
  std::string text;  // "250 2.0.0 Ok", lines joined by " / ".

  [[nodiscard]] bool accepted() const { return code / 100 == 2; }

  // 4xx, or a conversation that broke before the answer.
  [[nodiscard]] bool temporary() const {
    return !accepted() && code / 100 != 5;
  }
};

struct SmtpMail {
  std::string hello;       // Our name.
  std::string sender;      // Empty: the null sender.
  std::string envelopeId;  // ENVID= of RFC 3461, as xtext; empty: none.
  std::vector<std::string> recipients;
  std::string prepend;       // Header lines, each with its CRLF.
  std::string_view message;  // Lines end in CRLF.
};

// One answer for each recipient, in their order: his own refusal, or what was
// said at the end of the message. A server that cannot be reached or breaks off
// gives answers with code 0 and the reason. Takes `limit` at most.
[[nodiscard]] std::vector<SmtpAnswer> sendMail(const Endpoint& server,
                                               const SmtpMail& mail,
                                               std::chrono::milliseconds limit);

}  // namespace mailreeve::net
