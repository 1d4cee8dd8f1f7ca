// The kinds of the security log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/event_log.h"
#include "core/store/mail_entry.h"

namespace mailreeve::store {

enum class SecurityType {
  Reject,  // Refused for none of the reasons below.
  Spam,
  Virus,
  Dnsbl,
  MaliciousContent,
  Attachment,
  BlockList,
  Spf,
  Dkim,
  Dmarc,
  DataProtection,
};

[[nodiscard]] std::string_view name(SecurityType type);

// Nothing for what is the name of none.
[[nodiscard]] std::optional<SecurityType> securityTypeNamed(
    std::string_view text);

// Of all, for people: "reject, spam, ..".
[[nodiscard]] std::string securityTypeNames();

// One thing that was found wrong with a message or a recipient.
struct Finding {
  SecurityType type = SecurityType::Reject;
  std::string verdict;  // mark, quarantine, reject, discard
  std::string event;    // What was found, for people.
};

// Of an event: one for each step that had something against the message. None
// for what only waits (a greylisted recipient).
[[nodiscard]] std::vector<Finding> findingsOf(const Event& event);

// Of a refusal by Postfix itself. What milterd or policyd refused carries a
// trace code, and their event says more: none for those.
[[nodiscard]] std::vector<Finding> findingsOf(const MailEntry& entry);

}  // namespace mailreeve::store
