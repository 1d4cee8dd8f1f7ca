#include "policyd/recipient_watch.h"

#include <utility>

namespace mailreeve::policyd {

RecipientWatch::RecipientWatch(std::filesystem::path stateDatabase,
                               std::chrono::milliseconds interval)
    : watch_(std::move(stateDatabase),
             store::RecipientReader::open,
             "nobody knows which recipients exist",
             interval) {}

std::optional<bool> RecipientWatch::exists(const std::string& mailbox) const {
  const auto table = watch_.table();
  if (!table->content) return std::nullopt;
  const auto& addresses = *table->content;
  if (addresses.contains(mailbox)) return true;
  const auto at = mailbox.rfind('@');
  if (at != std::string::npos && addresses.contains(mailbox.substr(at)))
    return true;
  // Nobody is held against a client whom Postfix, asking the file itself,
  // takes.
  if (watch_.isOld(*table)) return std::nullopt;
  return false;
}

}  // namespace mailreeve::policyd
