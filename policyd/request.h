// One question in Postfix's policy delegation protocol (SMTPD_POLICY_README):
// lines `name=value`, then an empty line.
//
// The other end is Postfix, but what it passes on was written by SMTP clients:
// everything has a limit, and what is malformed is never answered.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/result.h"

namespace mailreeve::policyd {

// Bytes and numbers. Postfix itself ends at 2,048 bytes a line
// (line_length_limit) and about 30 attributes.
inline constexpr std::size_t kMostRequest = 32U << 10U;
inline constexpr std::size_t kMostAttributes = 128;
inline constexpr std::size_t kMostName = 64;
inline constexpr std::size_t kMostValue = 4096;

// The attributes that rules and logs use; the others are skipped. Empty: absent
// or empty, which Postfix does not tell apart either.
struct Request {
  std::string_view protocolState;
  std::string_view clientAddress;
  std::string_view clientName;         // Verified; else "unknown".
  std::string_view reverseClientName;  // As the address is named.
  std::string_view heloName;
  std::string_view saslUsername;
  std::string_view sender;  // As MAIL FROM gave it; empty: the null sender.
  std::string_view recipient;
  std::string_view queueId;
  std::string_view instance;
};

// `text` is a request without the empty line at its end; the views point into
// it. Invalid: says what is wrong in words for the log, without a word of the
// request's.
[[nodiscard]] Result<Request> parseRequest(std::string_view text);

}  // namespace mailreeve::policyd
