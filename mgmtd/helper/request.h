// What mgmt-helper can be asked for, and nothing else: each verb with the
// exact shape of its arguments. What does not fit is refused whole; nothing is
// cut, quoted or repaired.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace mailreeve::helper {

enum class Service { Postfix, Dovecot };

struct Reload {
  Service service = Service::Postfix;
};

struct AskStatus {
  Service service = Service::Postfix;
};

struct PruneGeneration {
  std::uint64_t number = 0;  // 1 or more.
};

struct ListQueue {};

enum class QueueAction { Delete, Hold, Release, Requeue };

struct ChangeQueue {
  QueueAction action = QueueAction::Hold;
  std::string queueId;  // Letters and digits, 5..32.
};

struct PurgeMail {
  std::filesystem::path mailbox;  // VOLUME/DOMAIN/LOCAL
};

// Makes the login policy anew from the settings in force and the accounts there
// are.
struct RefreshLoginPolicy {};

// Lets go of allow entries that have expired, where Postfix reads them.
struct RefreshExpiringClients {};

// Deletes what has lain in users' Junk for so long.
struct ExpireJunk {
  std::int64_t days = 30;  // 1..3650.
};

// Fetches new rules for SpamAssassin and has spamd read them.
struct UpdateSpamRules {};

// New signatures for ClamAV, from where freshclam's own settings say.
struct UpdateSignatures {};

using Request = std::variant<ExpireJunk,
                             UpdateSpamRules,
                             UpdateSignatures,
                             RefreshLoginPolicy,
                             RefreshExpiringClients,
                             Reload,
                             AskStatus,
                             PruneGeneration,
                             ListQueue,
                             ChangeQueue,
                             PurgeMail>;

// {"do": VERB, ...}; Invalid for everything that is none of ours.
[[nodiscard]] Result<Request> parseRequest(const nlohmann::json& json);

}  // namespace mailreeve::helper
